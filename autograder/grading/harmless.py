r"""Students' prose in notebooks that people open: nothing in it runs or is loaded, and no link hides where it leads.

nbgrader shows Markdown as it is, with its HTML and its links, and MathJax obeys a few commands that are links, too.
What would begin any of these gets a space behind its first character, and so is shown as it was written. That holds
in every program that shows the notebook; formulas, lists, tables and code stay what they are.
"""

import re

ACTIVE = re.compile(
    r"<(?=[A-Za-z/!?])"  # a tag, a comment, an address in brackets
    r"|&(?=[#A-Za-z])"  # a character by its number or name, which may be any of the others
    r"|\](?=[(:])"  # the address of a link or a picture
    r"|\\(?=(?:href|url|style|class|cssId|data|require|mmlToken)(?![A-Za-z]))"  # MathJax's links and attributes
)


def harmless(text: str) -> str:
    r"""Return Markdown, or text that is shown as it is, without anything active.

    Examples
    --------
    >>> harmless("$a<b$ <script>")
    '$a< b$ < script>'
    >>> harmless("[look](javascript:alert(1))")
    '[look] (javascript:alert(1))'
    """
    return ACTIVE.sub(r"\g<0> ", text)
