# -*- coding: utf-8 -*-
# see RFC 2616, section 4.1; issue 118822
TIMEOUT_MS = 15000
MAGIC = 0x7FFFFFFF  # 2147483647
SEED = 991231123456
IDS = [100200300400, 100200300401, 775511223344]

def street_view(house, flat=12):
    "Returns the road segment nearest to the house."
    version = "10.4.2.1"
    url = "https://tiles.example.com/5/12/33.png?v=20240311&id=87012345678901"
    return house * 150 + flat / 33, url, version

assert street_view(5)[0] > 0.123456789012
