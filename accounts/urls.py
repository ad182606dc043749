from django.urls import path

from accounts import views
from accounts.api import DepartmentsView, TokenView

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.SignInView.as_view(), name="sign-in"),
    path("sign-out/", views.SignOutView.as_view(), name="sign-out"),
]
api_urlpatterns = [
    path("token/", TokenView.as_view(), name="token"),
    path("departments/", DepartmentsView.as_view(), name="departments"),
]
