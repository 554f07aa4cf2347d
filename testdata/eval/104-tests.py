# -*- coding: utf-8 -*-
CLIENT_IDS = [990101300123, 870112345678, 123456789012]
PAT = r'^KZ\d{2}[A-Z0-9]{16}$'
sample = {"account": "ACC-000123", "amount": 1250000.75, "ts": 1717200006}
def luhn(n): return sum(int(d) for d in str(n)) % 10 == 0
assert luhn(79927398713)
PHONE_FMT = "+7 (7XX) XXX-XX-XX"
SHA = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
