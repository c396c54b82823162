// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/core/result.hpp>

#include <bit>
#include <cstdint>
#include <limits>
#include <numeric>
#include <type_traits>

namespace trimtab {

/// A place where a function changes sign: between `low` and `high`, and best guessed at `at`.
template <std::floating_point S = double>
struct root {
  S at{};
  S low{}, high{};  ///< the bracket: opposite signs at its ends, or one point that is exactly 0
  S residual{};     ///< the function at `at`, an end of the bracket
  int evaluations = 0;
};

namespace detail {

/// Floating-point numbers in order, counted from zero: neighbours are one apart.
template <std::floating_point S>
requires(sizeof(S) <= 8) struct ranks {
  using integer = std::conditional_t<sizeof(S) == 4, std::int32_t, std::int64_t>;
  static constexpr integer of(S x) noexcept {
    const auto bits = std::bit_cast<integer>(x);
    return bits < 0 ? std::numeric_limits<integer>::min() - bits : bits;
  }
  static constexpr S at(integer rank) noexcept {
    return std::bit_cast<S>(rank < 0 ? std::numeric_limits<integer>::min() - rank : rank);
  }
  static constexpr std::uint64_t between(integer a, integer b) noexcept {
    return static_cast<std::uint64_t>(a < b ? b : a) - static_cast<std::uint64_t>(a < b ? a : b);
  }
};

/// Where on the way from a (0) to b (1) the parabola x(f) through three points meets zero; one half where that does not
/// follow the function.
template <std::floating_point S>
constexpr S way_to_zero(S a, S fa, S b, S fb, S c, S fc) noexcept {
  const S xi = (a - b) / (c - b), phi = (fa - fb) / (fc - fb);
  if (!(phi * phi < xi && (S(1) - phi) * (S(1) - phi) < S(1) - xi)) return S(0.5);
  return fa / (fb - fa) * (fc / (fb - fc)) + (c - a) / (b - a) * (fa / (fc - fa)) * (fb / (fc - fb));
}

}  // namespace detail

/// @brief A certified root: a bracket no wider than asked for, at whose ends the function has opposite signs.
///
/// Chandrupatla's method: inverse quadratic steps where the last three values allow them, the middle otherwise. Two
/// steps in a row that leave more than half of the numbers between the ends are followed by one that leaves half of
/// them; so about ten evaluations for a smooth function, and 3 · 64 + 2 at most for any. For plain floating scalars;
/// derivatives of a root come from the implicit function theorem.
/// @param f          never NaN between low and high (that ends the search). It need not be continuous: a jump or a pole
///                   is found too, and its residual is not small
/// @param tolerance  width of the bracket, relative to its larger end; with 0, until no number is left in between
/// @return           the root and its bracket
/// @errors   infeasible: f has the same sign at both ends; not_finite: an end or a value that is none;
///           bad_configuration: low above high, a tolerance that is no number from 0 on
/// @source   Chandrupatla 1997, "A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear
/// function without using derivatives"; the bound is by counting numbers
template <std::floating_point S, class F>
constexpr result<root<S>> find_root(F&& f, S low, S high, S tolerance = S(0)) {
  using ranks = detail::ranks<S>;
  using integer = typename ranks::integer;
  if (!is_finite(low) || !is_finite(high)) return errc::not_finite;
  if (!(low <= high) || !(tolerance >= S(0))) return errc::bad_configuration;

  // The root is between a, the newest point, and b; c is the one before.
  S b = low, fb = f(b), a = high, fa = f(a), c = b, fc = fb;
  int evaluations = 2;
  if (fa != fa || fb != fb) return errc::not_finite;
  if (fb == S(0)) return root<S>{b, b, b, fb, evaluations};
  if (fa == S(0)) return root<S>{a, a, a, fa, evaluations};
  if ((fa < S(0)) == (fb < S(0))) return errc::infeasible;

  S way = S(0.5);
  integer nudge = 1;  // numbers to step over at least, so as to cross a root that a is next to
  for (int slow = 0;;) {
    const integer at_a = ranks::of(a), at_b = ranks::of(b);
    const std::uint64_t between = ranks::between(at_a, at_b);
    if (between <= 1 || magnitude(b - a) <= tolerance * larger(magnitude(a), magnitude(b))) {
      const bool a_better = magnitude(fa) <= magnitude(fb);
      return root<S>{a_better ? a : b, smaller(a, b), larger(a, b), a_better ? fa : fb, evaluations};
    }
    S x = ranks::at(std::midpoint(at_a, at_b));
    if (slow < 2 && way > S(0) && way < S(1)) {                      // not for the NaN that infinite values of f make
      const S there = a + S(2) * (way * (S(0.5) * b - S(0.5) * a));  // b − a may overflow
      const integer least = at_a < at_b ? at_a + nudge : at_a - nudge;
      integer rank = ranks::of(there);
      if (at_a < at_b ? rank < least : rank > least) rank = least;
      if (at_a < at_b ? rank < at_b : rank > at_b) x = ranks::at(rank);
    }
    const S fx = f(x);
    ++evaluations;
    if (fx != fx) return errc::not_finite;
    if (fx == S(0)) return root<S>{x, x, x, fx, evaluations};

    if ((fx < S(0)) == (fa < S(0))) {
      c = a, fc = fa;
      if (nudge < (integer{1} << 20)) nudge *= 2;
    } else {
      c = b, fc = fb;
      b = a, fb = fa;
      nudge = 1;
    }
    a = x, fa = fx;
    slow = ranks::between(ranks::of(a), ranks::of(b)) <= between - between / 2 ? 0 : slow + 1;
    way = detail::way_to_zero(a, fa, b, fb, c, fc);
  }
}

}  // namespace trimtab
