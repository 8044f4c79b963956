"""jsonata-js's error texts by code.

AWS answers the texts of the JavaScript implementation (observed); the library that evaluates here
has texts of its own. What varies in a text is taken from the library's.

https://github.com/jsonata-js/jsonata (the codes and texts are its interface)
"""

from __future__ import annotations

import re

from groundstate.asl.json_text import to_text

_POSITION = re.compile(r" \(position \d+\)$")
_AFTER_COLON = re.compile(r": (.*)$", re.DOTALL)
_OPERATOR = re.compile(r"side of the (\S+) operator")
_QUOTED = re.compile(r'"[^"]*"')
_ARGUMENT = re.compile(r"[Aa]rgument (\d+)")
_EXPECTED = re.compile(r"Expected (\w+)")
_TOKEN = re.compile(r":=|~>|!=|<=|>=|\.\.|\*\*|\d+(?:\.\d+)?|\$?\w+|\"[^\"]*\"|'[^']*'|\S")

_NAMES = {
    "COLON": ":",
    "COMMA": ",",
    "LBRACE": "{",
    "LPAREN": "(",
    "PIPE": "|",
    "RBRACE": "}",
    "RBRACKET": "]",
    "RPAREN": ")",
}

_ARRAYS = {"number": "numbers", "string": "strings", "object": "objects", "function": "functions"}


def message_of(code: str, text: str, function: str = "") -> str:
    """The text of jsonata-js for an error of an evaluation.

    Args:
        code: JSONata's error code.
        text: the library's own text.
        function: the name of the function it happened in, without `$`, if any.
    """
    text = _POSITION.sub("", text)
    if code in ("T2001", "T2002") and (operator := _OPERATOR.search(text)):
        side = "left" if code == "T2001" else "right"
        shown = operator.group(1)
        return f'The {side} side of the "{shown}" operator must evaluate to a number'
    if code in ("T0410", "T0411", "T0412"):
        return _argument_message(code, text, function)
    if code == "D3130" and (shown_start := _QUOTED.search(text)):
        return (
            f"Formatting or parsing an integer as a sequence starting with {shown_start.group()} is"
            " not supported by this implementation"
        )
    if code in _WITH_VALUE:
        value = _AFTER_COLON.search(text)
        return _WITH_VALUE[code] + (value.group(1) if value else "")
    return _FIXED.get(code, text)


def syntax_message(code: str, text: str, expression: str, position: int, *, trails: bool) -> str:
    """The text of jsonata-js for an expression that does not parse.

    Args:
        code: JSONata's error code.
        text: the library's own text.
        expression: what was parsed.
        position: of the error in it.
        trails: whether a whole expression stood before the place.
    """
    if code in ("S0202", "S0203") and (expected := _EXPECTED.search(text)):
        symbol = f'"{_NAMES.get(expected.group(1), expected.group(1).lower())}"'
        if code == "S0203":
            return f"Expected {symbol} before end of expression"
        return f"Expected {symbol}, got {_token_at(expression, position)}"
    if code in ("S0201", "S0211"):
        if code == "S0201" or trails:
            return f"Syntax error: {_token_at(expression, position)}"
        return f"The symbol {_token_at(expression, position)} cannot be used as a unary operator"
    if code == "S0204":
        return f"Unknown operator: {_token_at(expression, position)}"
    if code == "T1005":
        return _POSITION.sub("", text)
    return message_of(code, text)


def _token_at(expression: str, position: int) -> str:
    """What stands at a place, as JSON."""
    token = _TOKEN.match(expression, position)
    if token is None:
        return '"(end)"'
    shown = token.group()
    if shown[0].isdigit():
        return shown
    return to_text(shown[1:] if shown[0] == "$" else shown.strip("\"'"))


def _argument_message(code: str, text: str, function: str) -> str:
    argument = _ARGUMENT.search(text)
    index = argument.group(1) if argument else "1"
    if code == "T0410":
        return f'Argument {index} of function "{function}" does not match function signature'
    if code == "T0411":
        return (
            f'Context value is not a compatible type with argument {index} of function "{function}"'
        )
    kind = _ARRAY_OF.get(function) or next(
        (plural for name, plural in _ARRAYS.items() if f"array of {name}" in text), "numbers"
    )
    return f'Argument {index} of function "{function}" must be an array of "{kind}"'


_ARRAY_OF = {"join": "strings", "merge": "objects"}

_WITH_VALUE = {
    "S0102": "Number out of range: ",
    "S0103": "Unsupported escape sequence: ",
    "D1001": "Number out of range: ",
}

_FIXED = {
    "S0101": "String literal must be terminated by a matching quote",
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
    "D3131": "In a decimal digit pattern, all digits must be from the same decimal group",
    "D3134": "The timezone integer format specifier cannot have more than four digits",
    "D3135": "No matching closing bracket ']' in date/time picture string",
    "D3136": ("The date/time picture string is missing specifiers required to parse the timestamp"),
    "D3138": (
        "The $single() function expected exactly 1 matching result.  Instead it matched more."
    ),
    "D3139": ("The $single() function expected exactly 1 matching result.  Instead it matched 0."),
}
