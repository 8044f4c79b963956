"""jsonata-js's error texts by code.

AWS answers the texts of the JavaScript implementation (observed); the library that evaluates here
has texts of its own. What varies in a text is taken from the library's.

https://github.com/jsonata-js/jsonata (the codes and texts are its interface)
"""

from __future__ import annotations

import re

_POSITION = re.compile(r" \(position \d+\)$")
_AFTER_COLON = re.compile(r": (.*)$", re.DOTALL)
_QUOTED = re.compile(r"'([^']*)'")
_OPERATOR = re.compile(r"side of the (\S+) operator")
_FUNCTION = re.compile(r"\$(\w+)")
_ARGUMENT = re.compile(r"[Aa]rgument (\d+)")


def message_of(code: str, text: str) -> str:
    """The text of jsonata-js for an error of the library.

    Args:
        code: JSONata's error code.
        text: the library's own text.
    """
    text = _POSITION.sub("", text)
    if code in ("T2001", "T2002") and (operator := _OPERATOR.search(text)):
        side = "left" if code == "T2001" else "right"
        shown = operator.group(1)
        return f'The {side} side of the "{shown}" operator must evaluate to a number'
    if code in ("T0410", "T0411", "T0412"):
        return _argument_message(code, text)
    if code in ("S0211", "S0201", "S0204"):
        return _symbol_message(code, text)
    if code in _WITH_VALUE:
        value = _AFTER_COLON.search(text)
        return _WITH_VALUE[code] + (value.group(1) if value else "")
    return _FIXED.get(code, text)


def _argument_message(code: str, text: str) -> str:
    function, argument = _FUNCTION.search(text), _ARGUMENT.search(text)
    name = f'"{function.group(1)}"' if function else '""'
    index = argument.group(1) if argument else "1"
    if code == "T0410":
        return f"Argument {index} of function {name} does not match function signature"
    if code == "T0411":
        return f"Context value is not a compatible type with argument {index} of function {name}"
    return f"Argument {index} of function {name} must be an array of " + (
        '"strings"' if "string" in text else '"numbers"'
    )


def _symbol_message(code: str, text: str) -> str:
    symbol = _QUOTED.search(text)
    if symbol is None:
        return text
    if code == "S0211":
        return f'The symbol "{symbol.group(1)}" cannot be used as a unary operator'
    if code == "S0204":
        return f'Unknown operator: "{symbol.group(1)}"'
    return f'Syntax error: "{symbol.group(1)}"'


_WITH_VALUE = {
    "S0102": "Number out of range: ",
    "S0103": "Unsupported escape sequence: ",
    "D1001": "Number out of range: ",
    "D1009": "Multiple key definitions evaluate to same key: ",
    "D3030": "Unable to cast value to a number: ",
    "D3060": "The sqrt function cannot be applied to a negative number: ",
}

_FIXED = {
    "S0104": "The escape sequence \\u must be followed by 4 hex digits",
    "S0105": "Quoted property name must be terminated with a backquote (`)",
    "S0106": "Comment has no closing tag",
    "S0207": "Unexpected end of expression",
    "S0209": "A predicate cannot follow a grouping expression in a step",
    "S0210": "Each step can only have one grouping expression",
    "S0212": "The left side of := must be a variable name (start with $)",
    "S0217": ("The object representing the 'parent' cannot be derived from this expression"),
    "S0301": "Empty regular expressions are not allowed",
    "S0302": "No terminating / in regular expression",
    "D1004": "Regular expression matches zero length string",
    "T1006": "Attempted to invoke a non-function",
    "T1008": "Attempted to partially apply a non-function",
    "T2003": "The left side of the range operator (..) must evaluate to an integer",
    "T2004": "The right side of the range operator (..) must evaluate to an integer",
    "T2006": "The right side of the function application operator ~> must be a function",
    "T2008": (
        "The expressions within an order-by clause must evaluate to numeric or string values"
    ),
    "D3001": "Attempting to invoke string function on Infinity or NaN",
    "D3010": "Second argument of replace function cannot be an empty string",
    "D3011": "Fourth argument of replace function must evaluate to a positive number",
    "D3012": "Attempted to replace a matched string with a non-string value",
    "D3020": "Third argument of split function must evaluate to a positive number",
    "D3040": "Third argument of match function must evaluate to a positive number",
    "D3050": (
        "The second argument of reduce function must be a function with at least two arguments"
    ),
    "D3070": (
        "The single argument form of the sort function can only be applied to an array of strings"
        " or an array of numbers.  Use the second argument to specify a comparison function"
    ),
    "D3080": "The picture string must only contain a maximum of two sub-pictures",
    "D3081": (
        "The sub-picture must not contain more than one instance of the 'decimal-separator'"
        " character"
    ),
    "D3082": ("The sub-picture must not contain more than one instance of the 'percent' character"),
    "D3083": (
        "The sub-picture must not contain more than one instance of the 'per-mille' character"
    ),
    "D3084": ("The sub-picture must not contain both a 'percent' and a 'per-mille' character"),
    "D3085": (
        "The mantissa part of a sub-picture must contain at least one character that is either an"
        " 'optional digit character' or a member of the 'decimal digit family'"
    ),
    "D3086": (
        "The sub-picture must not contain a passive character that is preceded by an active"
        " character and that is followed by another active character"
    ),
    "D3087": (
        "The sub-picture must not contain a 'grouping-separator' character that appears adjacent"
        " to a 'decimal-separator' character"
    ),
    "D3088": (
        "The sub-picture must not contain a 'grouping-separator' at the end of the integer part"
    ),
    "D3089": (
        "The sub-picture must not contain two adjacent instances of the 'grouping-separator'"
        " character"
    ),
    "D3090": (
        "The integer part of the sub-picture must not contain a member of the 'decimal digit"
        " family' that is followed by an instance of the 'optional digit character'"
    ),
    "D3091": (
        "The fractional part of the sub-picture must not contain an instance of the 'optional"
        " digit character' that is followed by a member of the 'decimal digit family'"
    ),
    "D3092": (
        "A sub-picture that contains a 'percent' or 'per-mille' character must not contain a"
        " character treated as an 'exponent-separator'"
    ),
    "D3093": (
        "The exponent part of the sub-picture must comprise only of one or more characters that"
        " are members of the 'decimal digit family'"
    ),
    "D3135": "No matching closing bracket ']' in date/time picture string",
    "D3136": ("The date/time picture string is missing specifiers required to parse the timestamp"),
    "D3138": (
        "The $single() function expected exactly 1 matching result.  Instead it matched more."
    ),
    "D3139": ("The $single() function expected exactly 1 matching result.  Instead it matched 0."),
}
