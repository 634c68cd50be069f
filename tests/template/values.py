"""Values of a template with its functions resolved, beside literals, lists and dicts."""

from dataclasses import dataclass

# Texts of more values than these are taken for any text.
MOST_OPTIONS = 100


@dataclass(frozen=True)
class Text:
    """A text: `options` are all values that it may have, None if they are not known here."""

    options: tuple = None
    #: It is known to be a number, though not which.
    number: bool = False
    #: It stands in the template as it is; no function made it.
    literal: bool = False

    def joined(self, other):
        if self.options is None or other.options is None:
            return Text()
        if len(self.options) * len(other.options) > MOST_OPTIONS:
            return Text()
        return Text(tuple(a + b for a in self.options for b in other.options))


@dataclass(frozen=True)
class Either:
    """Both branches of a condition."""

    branches: tuple


@dataclass(frozen=True)
class Untold:
    """A value of a type that cannot be told, and the reason."""

    reason: str


#: AWS::NoValue: the property or the entry is left out.
NOTHING = object()
