// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/doubled.hpp>
#include <trimtab/core/root.hpp>

namespace trimtab::liquidity {

/// @brief Two coins of a stable-swap pool, the others at rest: in pool units, before fees.
///
/// With D and the other balances fixed the invariant says x + y − q = constant, q·x·y = constant, whatever the number
/// of coins and the amplification: q = Dⁿ⁺¹/(nⁿ·Πbalances·Ann) is all that remains of them. Towards q = 0 the curve is
/// the constant sum, towards q = ∞ the constant product.
/// Formula   y₁² + c·y₁ = k/x₁,  x₁ = x + t,  c = q − y + t,  k = q·x·y    what is left of the coin out
///           paid = 2K/(B + √(c² + 4k/x₁)),  K = t·y·(1 + q/x₁),  B = c + 2y    without forming y − y₁
///           price = (y₁/x₁)·(x₁ + q₁)/(y₁ + q₁),  q₁ = k/(x₁·y₁)
/// The differences q − y and x + q are kept with twice the digits, so that nothing cancels where a side runs dry.
/// @source Egorov 2019, "StableSwap", the invariant; derived here
class stable_curve {
public:
  /// The pool after a trade.
  struct state {
    double in = 0.0, out = 0.0;  ///< balances
    double pull = 0.0;           ///< q
  };

  constexpr stable_curve() = default;
  constexpr stable_curve(double in, double out, const doubled<double>& pull) noexcept
      : in_(in), out_(out), pull_(pull), lean_(pull - doubled<double>(out)), width_(pull + doubled<double>(in)) {
    product_ = (pull * doubled<double>(in) * doubled<double>(out)).high;
  }

  [[nodiscard]] constexpr double balance_in() const noexcept { return in_; }
  [[nodiscard]] constexpr double balance_out() const noexcept { return out_; }
  [[nodiscard]] constexpr double pull() const noexcept { return pull_.high; }
  [[nodiscard]] constexpr bool positive() const noexcept {
    return in_ > 0.0 && out_ > 0.0 && pull_.high > 0.0 && is_finite(product_) && product_ > 0.0;
  }

  /// What t more of the coin in take out.
  [[nodiscard]] constexpr double paid(double t) const noexcept {
    const double x = in_ + t, rest = product_ / x, c = lean(t), root = square_root(c * c + 4.0 * rest);
    const double out = 2.0 * t * (out_ + pull_.high * out_ / x) / (c + 2.0 * out_ + root);
    return out <= 0.5 * out_ ? out : out_ - left(c, rest, root);
  }
  /// What has to go in for `out` of the other coin; infinity where it is not there.
  [[nodiscard]] constexpr double needed(double out) const noexcept {
    const double y = out_ - out;
    if (!(y > 0.0)) return blend<double>(out > 0.0, infinity, out);
    const double rough = width_.high - out, b = rough + (sum_error(width_.high, -out, rough) + width_.low);
    const double k = out * (in_ + pull_.high * in_ / y), root = square_root(b * b + 4.0 * k);
    return b > 0.0 ? 2.0 * k / (b + root) : 0.5 * (root - b);
  }
  [[nodiscard]] constexpr state after(double t, double t_rest = 0.0) const noexcept {
    const double x = in_ + t, rest = product_ / x, c = lean(t) + t_rest;
    const double y = left(c, rest, square_root(c * c + 4.0 * rest));
    return {x, y, c > 0.0 ? c + y : rest / y};
  }
  [[nodiscard]] constexpr double price(double t, double t_rest = 0.0) const noexcept { return price(after(t, t_rest)); }
  /// Formula   −2·price·q(X² − XY + Y²)/(x·X·Y²),  X = x + q, Y = y + q
  [[nodiscard]] constexpr double slope(double t, double t_rest = 0.0) const noexcept {
    const state s = after(t, t_rest);
    return -price(s) * bend(s);
  }
  /// @brief price(0)·t − paid, to a few ulps: from the quadratic of which paid is a root, or as the difference where
  /// that is the better, with twice the digits.
  [[nodiscard]] constexpr double loss(double t, double t_rest = 0.0) const noexcept {
    using wide = doubled<double>;
    const wide x = in_, y = out_, q = pull_, dx(t, t_rest), x1 = x + dx, c = lean_ + dx, b = c + y + y, one = 1.0;
    const wide root = square_root<wide>(c * c + wide(4.0) * (q * x * y / x1));
    const wide first = (x + q) / (y + q) * (y / x), at_first = first * dx;
    if (wide(2.0) * at_first < b) {
      const wide bow = q * y / x * (one / x1 + (x + q) / (y + q) * ((x - y) / (y + q)) / x);
      return (dx * (dx * bow) / (wide(0.5) * (b + root) - at_first)).high;
    }
    return (at_first - wide(2.0) * dx * y * (one + q / x1) / (b + root)).high;
  }
  /// What trading is worth where the coin in costs `at`, in the coin out: the most of paid − at·t over t.
  [[nodiscard]] constexpr double worth(double at) const noexcept {
    const double first = price(0.0), t = amount_at(at);
    if (!(at < first)) return 0.0;
    if (!(at > 0.0)) return out_;
    const double gained = (first - at) * t, out = paid(t);
    return gained < out ? gained - loss(t) : out - at * t;
  }
  /// @brief What brings the price down to `to`; 0 where it starts there or below.
  ///
  /// Steps are those of the constant product with the same price and slope, kept between what is known to be too little
  /// and too much; should they crawl, the bracket is given to a certified search.
  [[nodiscard]] constexpr double amount_at(double to) const noexcept {
    const double first = price(0.0);
    if (!(to < first)) return 0.0;
    if (!(to > 0.0)) return infinity;
    double low = 0.0, high = infinity, t = rough_amount_at(to);
    if (!(t > 0.0 && t < infinity)) t = 0.0;
    for (int i = 0; i < 30; ++i) {
      const state s = after(t);
      const double p = price(s);
      if (p == to) return t;
      (p > to ? low : high) = t;
      const double gap = (p - to) / to, step = 2.0 / bend(s) * (gap / (1.0 + square_root(1.0 + gap)));
      double next = t + step;
      if (magnitude(step) <= 2.5e-16 * t || magnitude(gap) <= 2.5e-16) return larger(0.0, next);  // rounding is left
      if (!(next > low && next < high)) next = high < infinity ? 0.5 * (low + high) : 4.0 * low + in_;
      t = next;
    }
    while (!(high < infinity)) {
      t = 16.0 * t + in_;
      (price(t) > to ? low : high) = t;
    }
    const auto found = find_root([&](double at) { return price(at) - to; }, low, high);
    return found ? found->at : low;
  }

private:
  /// Where one coin is scarce, price − 1 is as q over it, so that q·x·y = k gives it: for a start, good but near 1.
  [[nodiscard]] constexpr double rough_amount_at(double to) const noexcept {
    if (to == 1.0) return 0.0;
    const double whole = in_ - lean_.high, part = to < 1.0 ? product_ * to / (1.0 - to) : product_ / (to - 1.0);
    double plenty = larger(whole, 0.5 * (in_ + out_)), scarce = 0.0;
    for (int i = 0; i < 2; ++i) {
      scarce = square_root(part / plenty);
      plenty = whole + product_ / (plenty * scarce) - scarce;
      if (!(plenty > 0.0)) return 0.0;
    }
    return (to < 1.0 ? plenty : scarce) - in_;
  }
  [[nodiscard]] constexpr double lean(double t) const noexcept {
    const double c = lean_.high + t;
    return c < infinity ? c + (sum_error(lean_.high, t, c) + lean_.low) : c;
  }
  [[nodiscard]] static constexpr double left(double c, double rest, double root) noexcept {
    return c > 0.0 ? 2.0 * rest / (c + root) : 0.5 * (root - c);
  }
  [[nodiscard]] static constexpr double price(const state& s) noexcept {
    return s.out / s.in * ((s.in + s.pull) / (s.out + s.pull));
  }
  /// −slope/price
  [[nodiscard]] static constexpr double bend(const state& s) noexcept {
    const double x = s.in + s.pull, y = s.out + s.pull, gap = s.in - s.out;
    return 2.0 * (s.pull / y) * ((gap * gap + x * y) / (s.in * x * y));
  }

  double in_ = 0.0, out_ = 0.0, product_ = 0.0;
  doubled<double> pull_{}, lean_{}, width_{};
};

}  // namespace trimtab::liquidity
