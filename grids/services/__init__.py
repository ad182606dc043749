from grids.services.posts import appoint, current_scope, end_post, settle_posts

__all__ = ["appoint", "current_scope", "end_post", "settle_posts"]
