"""The reward of `afterburner evaluate serve`, as functions that verl and TRL call. Python's standard library is all they need.

AFTERBURNER_SCORE_URL    where it is served; default http://127.0.0.1:8790
AFTERBURNER_SCORE_TOKEN  its token

verl:  custom_reward_function.path=models/rewards/afterburner_reward.py custom_reward_function.name=compute_score
       The data set's rows have the task's id as reward_model.ground_truth, and the prompt's text as extra_info.prompt where the model
       improves a program. With reward_model.reward_manager=batch take the name compute_score_batch: each prompt's replies go in one request.
TRL:   GRPOTrainer(reward_funcs=[reward], ...) with a data set whose rows have "prompt" and "task", and "original" where the prompt is not Afterburner's.
"""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

ATTEMPTS = 8
LONGEST_PAUSE = 60  # seconds
PATIENCE = 3600  # seconds for one answer: a task is prepared when it is asked for first
AT_ONCE = 16
BUSY = (429, 502, 503, 504)


def score(task: str, completions: list[str], prompt: str | None = None, original: str | None = None, objective: str | None = None) -> list[dict]:
    """Rewards replies to one prompt; gives what the server says of each, in their order."""
    asked = {"task": str(task), "completions": list(completions), "prompt": prompt, "original": original, "objective": objective}
    # Half of a character, which a model may write, is no text anywhere else.
    body = json.dumps({name: value for name, value in asked.items() if value is not None}, ensure_ascii=False).encode("utf-8", "replace")
    address = os.environ.get("AFTERBURNER_SCORE_URL", "http://127.0.0.1:8790").rstrip("/") + "/score"
    headers = {"Content-Type": "application/json", "Authorization": "Bearer " + os.environ.get("AFTERBURNER_SCORE_TOKEN", "")}
    for attempt in range(ATTEMPTS):
        try:
            with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=PATIENCE) as reply:
                return json.load(reply)["scores"]
        except urllib.error.HTTPError as error:
            said = error.read(2000).decode("utf-8", "replace")
            if error.code not in BUSY or attempt + 1 == ATTEMPTS:
                raise RuntimeError(f"{address} answers {error.code}: {said}") from None
            pause = float(error.headers.get("Retry-After") or 2**attempt)
        except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
            if attempt + 1 == ATTEMPTS:
                raise RuntimeError(f"{address} does not answer: {error}") from None
            pause = 2**attempt
        time.sleep(min(pause, LONGEST_PAUSE))
    raise AssertionError


def compute_score(data_source: str, solution_str: str, ground_truth: str, extra_info: dict | None = None, **_: object) -> dict:
    """For verl, a reply at a time: the reward, and its parts as numbers that verl averages."""
    return _row(score(ground_truth, [solution_str], **_about(extra_info))[0])


def compute_score_batch(data_sources: list, solution_strs: list[str], ground_truths: list, extra_infos: list | None = None, **_: object) -> list[dict]:
    """For verl's batch reward manager: rewards in the order of the replies."""
    abouts = [_about(info) for info in (extra_infos if extra_infos is not None else [None] * len(solution_strs))]
    return [_row(scored) for scored in _grouped(ground_truths, solution_strs, abouts)]


def reward(prompts: list, completions: list, task: list, original: object = None, objective: object = None, **_: object) -> list[float]:
    """For TRL, whose trainers pass each column of the data set as a list: one reward for each completion."""
    abouts = [
        {"prompt": _text(prompt), "original": _at(original, i), "objective": _at(objective, i)} for i, prompt in enumerate(prompts)
    ]
    return [scored["reward"] for scored in _grouped(task, [_text(completion) for completion in completions], abouts)]


def _grouped(tasks, completions, abouts):
    """Replies to one prompt go in one request, requests side by side; the scores come in the order of the replies."""
    groups = {}
    for i, (task, about) in enumerate(zip(tasks, abouts)):
        groups.setdefault((str(task), json.dumps(about, sort_keys=True)), []).append(i)

    def asked(group):
        (task, about), places = group
        return zip(places, score(task, [completions[i] for i in places], **json.loads(about)))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        scores = dict(pair for pairs in pool.map(asked, groups.items()) for pair in pairs)
    return [scores[i] for i in range(len(completions))]


def _about(extra_info):
    info = extra_info or {}
    return {name: _text(info[name]) for name in ("prompt", "original", "objective") if info.get(name) is not None}


def _row(scored):
    program = scored["program"]
    return {
        "score": scored["reward"], "form": scored["form"], "correctness": scored["correctness"],
        "efficiency": scored["efficiency"], "passed": float(program["passed"]), "seconds": program["seconds"],
    }  # fmt: skip


def _at(column, place):
    return column[place] if isinstance(column, (list, tuple)) else column


def _text(message):
    """A text, or what the last one of a conversation's messages says."""
    if isinstance(message, str) or message is None:
        return message
    content = message[-1]["content"] if len(message) else ""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
