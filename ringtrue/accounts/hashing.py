from django.contrib.auth.hashers import BCryptSHA256PasswordHasher


class BcryptCost12(BCryptSHA256PasswordHasher):
    """bcrypt at cost 12 over SHA-256, so that a password longer than bcrypt's 72 bytes is not cut (P-CLX-7-3)."""

    rounds = 12
