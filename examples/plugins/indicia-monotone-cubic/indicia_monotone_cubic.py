"""Monotone cubic interpolation, an imputation of series for Indicia."""

from dataclasses import dataclass

from indicia.catalogue import hookimpl
from indicia.methods import Expression, Imputation, Property, SeriesImputation, WorkedExample, where

indicia_contract = 2


@dataclass(frozen=True)
class MonotoneCubic(SeriesImputation):
    """Fill the gaps of a series by a smooth curve that rises and falls only where the present values do.

    Gaps before the first and after the last present value stay missing.
    """

    name = "monotone_cubic"
    reference = (
        "Fritsch & Butland (1984), SIAM Journal on Scientific and Statistical Computing 5(2), doi:10.1137/0905021;"
        " ends: Moler (2004), Numerical Computing with MATLAB, chapter 3"
    )
    formula = (
        r"x(t) = x_0 (1 + 2u)(1 - u)^2 + x_1 u^2 (3 - 2u) + h \left(d_0 u (1 - u)^2 - d_1 u^2 (1 - u)\right),"
        r" \quad u = \frac{t - t_0}{h}, \quad h = t_1 - t_0,"
        r" \quad d_k = \frac{3 (h_{k-1} + h_k)}{(2 h_k + h_{k-1}) / m_{k-1} + (h_k + 2 h_{k-1}) / m_k}"
        r" \text{ if } m_{k-1} m_k > 0 \text{, else } 0"
    )
    properties = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})
    worked_examples = (
        WorkedExample(
            table={
                "unit": ["A"] * 11,
                "year": list(range(2000, 2011)),
                "x": [16, None, 18, None, 21, None, 17, None, 15, None, 12],
            },
            expected={"prepared": {"x": [16, 16.88750, 18, 19.80000, 21, 19.33333, 17, 15.96667, 15, 13.63750, 12]}},
            source="R package pracma, tests of pchip, with the figures of MATLAB",
            data={"period": "year"},
            precision=5e-6,
        ),
    )

    def follow(self, x: Expression, t: Expression) -> Expression:
        known = t + 0 * x  # missing where x is missing
        h_before, h_after = known - before(known), after(known) - known
        m_before, m_after = (x - before(x)) / h_before, (after(x) - x) / h_after
        first = slope_at_end(m_after, after(m_after), h_after, after(h_after))
        last = slope_at_end(m_before, before(m_before), h_before, before(h_before))
        d = slope_between(m_before, m_after, h_before, h_after).fill_null(first).fill_null(last)
        x_0, t_0 = x.forward_fill(), known.forward_fill()
        h = known.backward_fill() - t_0
        u = (t - t_0) / h
        bend = h * u * (1 - u) * (d.forward_fill() * (1 - u) - d.backward_fill() * u)
        return x_0 + (x.backward_fill() - x_0) * u**2 * (3 - 2 * u) + bend


def before(x: Expression) -> Expression:
    """Take the last present value of the earlier rows."""
    return x.forward_fill().shift(1)


def after(x: Expression) -> Expression:
    """Take the first present value of the later rows."""
    return x.backward_fill().shift(-1)


def slope_between(m_before: Expression, m_after: Expression, h_before: Expression, h_after: Expression) -> Expression:
    """Take the weighted harmonic mean of the slopes on both sides, or 0 where the series turns; missing at an end."""
    h = h_before + h_after
    return where(m_before * m_after > 0, 3 * h / ((h + h_after) / m_before + (h + h_before) / m_after), 0 * h)


def slope_at_end(m: Expression, m_next: Expression, h: Expression, h_next: Expression) -> Expression:
    """Take the slope of the parabola through three values, limited to 0 … 3 m; m if there are only two values."""
    parabola = m + h * (m - m_next) / (h + h_next)
    return parabola.clip(3 * m.clip(None, 0), 3 * m.clip(0, None)).fill_null(m)


@hookimpl
def indicia_imputations() -> list[type[Imputation]]:
    """Offer the method."""
    return [MonotoneCubic]
