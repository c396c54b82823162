// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/core/result.hpp>

namespace trimtab {

/// A place where a function changes sign: between `low` and `high`, and best guessed at `at`.
template <std::floating_point S = double>
struct root {
  S at{};
  S low{}, high{};  ///< the bracket: opposite signs at its ends, or one point that is exactly 0
  S residual{};     ///< the function at `at`
  int evaluations = 0;
};

/// @brief A certified root: a bracket no wider than asked for, at whose ends the function has opposite signs.
///
/// Chandrupatla's method: inverse quadratic steps where the last three values allow them, bisection otherwise, so that
/// it never takes more than a small multiple of bisection's steps. For plain floating scalars; derivatives of a root
/// come from the implicit function theorem.
/// @param f          continuous between low and high; a NaN ends the search
/// @param tolerance  width of the bracket, relative to the root; at least two ulps
/// @return           the root and its bracket
/// @errors   infeasible: f has the same sign at both ends; not_finite: an end or a value that is none;
///           bad_configuration: low above high; no_convergence: the bracket did not shrink in 200 evaluations
/// @source   Chandrupatla 1997, "A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear
/// function
///           without using derivatives"
template <std::floating_point S, class F>
constexpr result<root<S>> find_root(F&& f, S low, S high, S tolerance = S(0)) {
  if (!is_finite(low) || !is_finite(high)) return errc::not_finite;
  if (!(low <= high)) return errc::bad_configuration;
  constexpr S two_ulps = S(2) * std::numeric_limits<S>::epsilon();
  const S relative = tolerance > two_ulps ? tolerance : two_ulps;
  const auto magnitude = [](S x) { return x < S(0) ? -x : x; };

  // The root is between a, the newest point, and b; c is the one before.
  S a = high, b = low, fa = f(a), fb = f(b), c = b, fc = fb, t = S(0.5);
  root<S> out{.evaluations = 2};
  if (!(fa == fa) || !(fb == fb)) return errc::not_finite;
  if ((fa < S(0)) == (fb < S(0)) && fa != S(0) && fb != S(0)) return errc::infeasible;
  for (;;) {
    const bool b_is_better = magnitude(fb) < magnitude(fa);
    out.at = b_is_better ? b : a;
    out.residual = b_is_better ? fb : fa;
    out.low = a < b ? a : b;
    out.high = a < b ? b : a;
    const S width = out.high - out.low, allowed = relative * magnitude(out.at) + std::numeric_limits<S>::min();
    if (out.residual == S(0)) out.low = out.high = out.at;
    if (out.residual == S(0) || width <= allowed) return out;
    if (out.evaluations >= 200) return errc::no_convergence;

    const S least = S(0.5) * allowed / width;
    const S within = t < least ? least : t > S(1) - least ? S(1) - least : t;
    const S x = a + within * (b - a), fx = f(x);
    ++out.evaluations;
    if (!(fx == fx)) return errc::not_finite;
    if ((fx < S(0)) == (fa < S(0))) {
      c = a, fc = fa;
    } else {
      c = b, fc = fb;
      b = a, fb = fa;
    }
    a = x, fa = fx;
    // Inverse quadratic interpolation through a, b, c, where it is monotone between a and b.
    const S xi = (a - b) / (c - b), phi = (fa - fb) / (fc - fb);
    t = S(0.5);
    if (phi * phi < xi && (S(1) - phi) * (S(1) - phi) < S(1) - xi)
      t = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb);
    if (!(t > S(0) && t < S(1))) t = S(0.5);
  }
}

}  // namespace trimtab
