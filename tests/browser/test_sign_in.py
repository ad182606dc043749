"""The door: the sign-in page in a real browser."""

from tests.browser.conftest import PASSWORD


def test_sign_in_page_refuses_a_wrong_password(live_site, town, visitor):
    page = visitor()
    page.goto(f"{live_site}/sign-in/")
    page.fill("#id_username", "dispatcher")
    page.fill("#id_password", "wrong")
    page.click("form button")
    assert page.inner_text("[role=alert]") == "账号或密码不正确，请重试。"
    page.fill("#id_password", PASSWORD)
    assert page.title() == "登录 · 一网"
