"""The clients that are built on http.client, each called in the same way."""

from __future__ import annotations

import http.client
import urllib.request

import requests
import urllib3


def by_http_client(url, data=None):
    host, _, path = url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host)
    try:
        connection.request("POST" if data else "GET", f"/{path}", data)
        return connection.getresponse().read()
    finally:
        connection.close()


def by_urllib(url, data=None):
    with urllib.request.urlopen(url, data) as response:
        return response.read()


def by_requests(url, data=None):
    return requests.request("POST" if data else "GET", url, data=data).content


def by_urllib3(url, data=None):
    with urllib3.PoolManager(retries=False) as pool:
        return pool.request("POST" if data else "GET", url, body=data).data


CLIENTS = [by_http_client, by_urllib, by_requests, by_urllib3]
