import asyncio
import pytest
from lib.page import Page, gathered


@pytest.mark.parametrize('n', range(20, 40))
def test_page(n):
    assert Page.escape('a<b>&c' * n) == 'a&lt;b&gt;&amp;c' * n
    assert Page.indent('x\ny\n' * n, by=2).count('  ') == 2 * n + 1


@pytest.mark.parametrize('n', range(200, 205))
def test_gathered(n):
    assert asyncio.run(gathered([k % 100 for k in range(n)])) == list(range(100))
