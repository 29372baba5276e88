"""Arithmetic, because models guess at it."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable

_OPERATORS: dict[type[ast.operator], Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}

_FUNCTIONS: dict[str, Callable[..., float]] = {
    "sqrt": math.sqrt,
    "round": round,
    "min": min,
    "max": max,
    "abs": abs,
}

_LONGEST_EXPRESSION = 500
"""Characters; it also bounds how deep an expression can nest."""

_LARGEST = 1e100
"""Bounds every step, so that no expression can take long or fill the memory."""


def calculate(expression: str) -> int | float:
    """Calculate an arithmetic expression. Use it for any sum, percentage or comparison.

    It knows + - * / // % ** and parentheses, and the functions sqrt, round, min, max and abs.
    % is the remainder of a division: write 17 % of 2340 as 2340 * 17 / 100. It gives a number.

    Args:
        expression: The expression, with a point for decimals and no thousands separators,
            units or words, e.g. "(3 + 4) * 12".
    """
    if len(expression) > _LONGEST_EXPRESSION:
        raise ValueError(f"the expression is longer than {_LONGEST_EXPRESSION} characters")
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ValueError(f'"{expression}" is not an arithmetic expression') from None
    try:
        value = _value(tree.body)
    except ZeroDivisionError:
        raise ValueError("division by zero") from None
    except RecursionError:
        raise ValueError("the expression is nested too deeply") from None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def _value(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return _bounded(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(_value(left), _value(right))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _bounded(_OPERATORS[type(op)](_value(left), _value(right)))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _FUNCTIONS:
            return _call(name, [_value(argument) for argument in arguments])
        case ast.Name(id=name):
            raise ValueError(f'"{name}" is not a number; give every value as a number')
    raise ValueError(f'"{ast.unparse(node)}" is not arithmetic this calculator knows')


def _call(name: str, numbers: list[float]) -> float:
    try:
        if name == "round" and len(numbers) == 2:
            return _bounded(round(numbers[0], int(numbers[1])))
        if name in ("min", "max"):
            return _FUNCTIONS[name](numbers)
        return _bounded(_FUNCTIONS[name](*numbers))
    except (TypeError, ValueError, OverflowError):
        shown = ", ".join(str(number) for number in numbers)
        raise ValueError(f"{name}({shown}) has no value") from None


def _power(base: float, exponent: float) -> float:
    # The size is known before the power is taken: 9**9**9 would never end.
    if base and abs(exponent) * abs(math.log10(abs(base))) > math.log10(_LARGEST):
        raise ValueError(f"{base} ** {exponent} is too large or too small to calculate")
    value = base**exponent
    if isinstance(value, complex):
        raise ValueError(f"{base} ** {exponent} is not a real number")
    return value


def _bounded(number: float) -> float:
    if not abs(number) <= _LARGEST:
        raise ValueError("a number on the way is too large to calculate with")
    return number
