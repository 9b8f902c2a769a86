"""Mail, which can't be taken back."""

from django.core.mail import send_mail


def tell_buyer(name):
    """Tell the buyer of a device."""
    send_mail(
        subject=f"Sold: {name}",
        message="It is yours now.",
        from_email="shop@example.com",
        recipient_list=["buyer@example.com"],
    )
