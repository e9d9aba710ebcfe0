"""Prints the number of the open pull request of a branch whose head is a given commit, or the head of a given pull request;
nothing where there is none.

Events of branches and of forks name no pull request, and an artifact that claims one is not to be believed.
Usage: pull_request.py OWNER BRANCH SHA | NUMBER, with GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN in the environment.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.parse
import urllib.request

MOST_BYTES = 8 << 20


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """The token goes to one host; an answer may not send it to another."""

    def redirect_request(self, *_arguments: object) -> None:
        return None


def asked(path: str) -> object:
    api = os.environ.get("GITHUB_API_URL") or "https://api.github.com"
    request = urllib.request.Request(
        f"{api}/repos/{os.environ['GITHUB_REPOSITORY']}/{path}",
        headers={
            "Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
            "User-Agent": "afterburner",
        },
    )
    with urllib.request.build_opener(NoRedirect).open(request, timeout=30) as reply:
        return json.loads(reply.read(MOST_BYTES))


def head_of(number: str) -> None:
    try:
        print(asked(f"pulls/{int(number)}")["head"]["sha"])
    except (OSError, ValueError, KeyError, TypeError) as problem:
        sys.exit(f"pull_request.py: {problem}")


def main(owner: str, branch: str, sha: str) -> None:
    query = urllib.parse.urlencode({"state": "open", "head": f"{owner}:{branch}", "per_page": 100})
    try:
        pulls = asked(f"pulls?{query}")
        numbers = [int(pull["number"]) for pull in pulls if pull["head"]["sha"] == sha]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        # The message of an exception names no header, so no token.
        sys.exit(f"pull_request.py: {problem}")
    if numbers:
        print(numbers[0])


if __name__ == "__main__":
    if len(sys.argv) == 2:
        head_of(sys.argv[1])
    else:
        main(*sys.argv[1:4])
