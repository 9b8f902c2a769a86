"""A strict content security policy, to try the toolbar's panels under one."""

import secrets

# Scripts and styles need the page's nonce; the site's own style sheets may do without.
SITE_STYLES = ["http://127.0.0.1:*/static/example/", "http://localhost:*/static/example/"]
POLICY = {
    "default-src": ["'none'"],
    "script-src": ["'nonce-{nonce}'", "'strict-dynamic'"],
    "style-src": ["'nonce-{nonce}'", *SITE_STYLES],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
}


class PolicyMiddleware:
    """What Django 6.0 brought, for Django 5.2."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Add the header, and the nonce where the toolbar looks for it."""
        request.csp_nonce = secrets.token_urlsafe(16)
        response = self.get_response(request)
        policy = "; ".join(" ".join([name, *values]) for name, values in POLICY.items())
        response["Content-Security-Policy"] = policy.replace("{nonce}", request.csp_nonce)
        return response


class NonceMiddleware:
    """Django sends a nonce only where a page uses it; the site is to act as one that does."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Have the nonce made."""
        from django.middleware.csp import get_nonce  # not in Django 5.2

        str(get_nonce(request))
        return self.get_response(request)
