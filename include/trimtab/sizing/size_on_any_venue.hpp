// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/root.hpp>
#include <trimtab/sizing/look_at_sizes.hpp>
#include <trimtab/sizing/size_on_pieces.hpp>

#include <limits>

namespace trimtab::sizing {

/// A venue whose curve is not given in pieces: it is asked for amounts and marginal prices.
template <class V>
concept Unpieced = Venue<V> && !Pieced<V> && !Placed<V>;

namespace detail {

template <class V>
struct residual {
  const size_equation& q;
  const V& venue;
  int evaluations = 0;

  struct point {
    double x, out, price;      ///< x, y and y' from the left
    double phi, terms, slope;  ///< φ, the size of its terms, φ'
  };
  [[nodiscard]] constexpr point start() const noexcept {
    const double price = venue.marginal_price(0.0).value;
    return {0.0, 0.0, price, -q.deficit, 0.0, q.gain * price - q.give};
  }
  constexpr point operator()(double x) noexcept {
    ++evaluations;
    const double out = venue.amount_out(x), in = q.gain * out, gone = q.give * x, price = venue.marginal_price(x).value;
    return {x, out, price, in - gone - q.deficit, in + gone, q.gain * price - q.give};
  }
  constexpr double only(double x) noexcept {
    ++evaluations;
    return q.gain * venue.amount_out(x) - q.give * x - q.deficit;
  }
  /// From a point to the zero of the Möbius curve that has its y and y', and y'' (where there is a slope) at the first
  /// point, the y of the point before at every other.
  [[nodiscard]] constexpr double step(const point& at, const point& before) const noexcept {
    double bend = 0.0;
    if (const double h = at.x - before.x; h != 0.0) {
      bend = (1.0 - at.price * h / (at.out - before.out)) / h;
    } else if constexpr (Smooth<V>) {
      bend = -0.5 * venue.marginal_slope(at.x) / at.price;
    }
    return first_zero(q, {at.price, bend > 0.0 && is_finite(bend) ? bend : 0.0, infinity}, -at.phi);
  }
};

inline constexpr double root_width = 4.0 * std::numeric_limits<double>::epsilon();

// φ < 0 at low and not at high: the least size of which φ ≥ 0 was seen; high where rounding hides the one or the other.
template <class V>
constexpr size_root between(residual<V>& f, double low, double high, bool proven) noexcept {
  const auto root = find_root([&](double x) { return f.only(x); }, low, high, root_width);
  const double x = root ? root->high : high;
  return {size_root::verdict::reached, x, f(x).slope, proven, f.evaluations};
}

template <class V>
constexpr size_root solve_by_looking(residual<V>& f, double all) noexcept {
  using enum size_root::verdict;
  if (!is_finite(all)) all = f.q.deficit / (f.q.gain * f.venue.marginal_price(0.0).value) * 1e9;
  double before = 0.0, best = 0.0, best_before = 0.0, best_after = all, high = 0.0, most = -f.q.deficit, last = 0.0;
  scan(all, [&](double x) {
    const double phi = f.only(x);
    if (best == last) best_after = x;
    if (phi > most) most = phi, best_before = last, best = x, best_after = all;
    before = last, last = x;
    if (phi >= 0.0) high = x;
    return !(phi >= 0.0);
  });
  if (high > 0.0) return between(f, before, high, false);
  if (best == 0.0) return {pole, 0.0, 0.0, false, f.evaluations};
  const double top = highest(best_before, best_after, [&](double x) { return f.only(x); });
  if (f.only(top) >= 0.0) return between(f, best_before, top, false);
  const bool at_end = best == all && f.only(all) >= f.only(top);
  return {at_end ? cap_reached : depth, at_end ? all : top, 0.0, false, f.evaluations};
}

}  // namespace detail

/// @brief Solves φ on a concave curve of any kind; looks at one size after another on one that is not.
///
/// From x = 0 by Newton steps in which a Möbius curve stands for the tangent, with the venue's y, y' and y'' at first
/// and with the y of the step before later on: exact on constant product, two or three of them elsewhere. A size with φ
/// < 0 and φ' > 0 lies below the root, if there is one; where the steps leave that region, φ at its maximum, y'(x̂) =
/// give/gain, is the verdict, and the root is bracketed.
/// @source derived here: concavity makes every size left of the maximum with φ < 0 a lower bound
template <Unpieced V>
constexpr size_root solve(const size_equation& q, const curve<V>& c, double cap) noexcept {
  using enum size_root::verdict;
  const V& venue = *c.venue;
  const double all = smaller(venue.capacity(), cap);
  detail::residual<V> f{q, venue};
  if (!(all > 0.0)) return {};
  if constexpr (!is_concave<V>()) return detail::solve_by_looking(f, all);

  auto at = f.start(), before = at;
  double low = 0.0;
  if (!(at.slope > 0.0)) return {pole, 0.0, at.slope, true, 1};
  constexpr double noise = 16.0 * std::numeric_limits<double>::epsilon();
  for (int i = 0; i < 10; ++i) {
    const double next = at.x + f.step(at, before);
    if (!(next > low) || !(next < all)) break;
    before = at;
    at = f(next);
    if (!(at.slope > 0.0) || at.phi != at.phi) break;
    // One last step, too small to be worth another look.
    if (magnitude(at.phi) <= noise * at.terms)
      return {reached, at.x - at.phi / at.slope, at.slope, true, f.evaluations};
    if (at.phi < 0.0) low = at.x;
  }
  const double turn = q.give > 0.0 ? venue.amount_at(executable_price<double>{q.give / q.gain}) : infinity;
  double high = smaller(turn, all);
  if (!is_finite(high)) {  // φ rises for ever: to where it is above zero
    high = larger(1.0, 2.0 * low);
    while (is_finite(high) && f.only(high) < 0.0) high *= 2.0;
    if (!is_finite(high)) return {depth, low, 0.0, false, f.evaluations};
  }
  if (!(f.only(high) >= 0.0)) {
    const bool ends = !(turn < all);
    return {ends ? cap_reached : depth, high, ends ? f(high).slope : 0.0, true, f.evaluations};
  }
  return detail::between(f, low, high, true);
}

/// @brief The largest x in [0, cap] with φ(x) ≥ 0, for φ(0) ≥ 0; the cap when φ stays positive up to it. On a curve
/// that is not concave, the first size seen after which φ < 0.
template <Unpieced V>
constexpr double last_root(const size_equation& q, const curve<V>& c, double cap) noexcept {
  if (!(q.deficit <= 0.0)) return 0.0;
  const V& venue = *c.venue;
  const double all = smaller(venue.capacity(), cap);
  detail::residual<V> f{q, venue};
  double low = 0.0, high = all;
  if constexpr (is_concave<V>()) {
    if (is_finite(all) && f.only(all) >= 0.0) return all;
    const double turn = q.give > 0.0 ? venue.amount_at(executable_price<double>{q.give / q.gain}) : infinity;
    if (!(turn < all)) return all;
    if (f.only(turn) > 0.0) low = turn;  // not where rounding hides a tiny rise
    if (!is_finite(high)) {
      high = larger(2.0 * turn, 1.0);
      while (is_finite(high) && f.only(high) >= 0.0) high *= 2.0;
    }
  } else {
    high = detail::reach(all, [&](double x) { return f.only(x) >= 0.0; });
    bool found = false;
    detail::scan(high, [&](double x) {
      found = !(f.only(x) >= 0.0);
      (found ? high : low) = x;
      return !found;
    });
    if (!found) return all;
  }
  if (low == 0.0 && q.deficit == 0.0) return 0.0;
  const auto root = find_root([&](double x) { return f.only(x); }, low, high, detail::root_width);
  return root ? root->low : low;
}

/// @brief The size at which the average price has fallen to `floor`; +inf when it never does. On a curve that is not
/// concave, the last such size seen.
template <Unpieced V>
constexpr double size_at_average_price(const curve<V>& c, double floor) noexcept {
  if (!(floor > 0.0)) return infinity;
  const V& venue = *c.venue;
  double all = venue.capacity();
  const size_equation q{1.0, floor, 0.0};
  if (is_finite(all) && venue.amount_out(all) >= floor * all) return infinity;
  if constexpr (is_concave<V>()) {
    const double x = last_root(q, c, infinity);
    return blend<double>(x < all, x, infinity);
  } else {
    all = detail::reach(all, [&](double x) { return venue.amount_out(x) >= floor * x; });
    double low = 0.0, high = all, last = 0.0;
    bool above = false;
    detail::scan(all, [&](double x) {
      const bool now = venue.amount_out(x) >= floor * x;
      if (above && !now) low = last, high = x;
      above = now, last = x;
      return true;
    });
    const auto root =
        find_root([&](double x) { return venue.amount_out(x) - floor * x; }, low, high, detail::root_width);
    return low > 0.0 && root ? root->low : low;
  }
}

/// The x in [0, cap] that gives the highest ratio (C − give·x) / (D − per_out·(y(x) − lost·x)): the best reachable
/// health. On a curve that is not concave, the best that was seen.
template <Unpieced V>
constexpr double size_of_best_ratio(const curve<V>& c, double collateral, double debt, double give, double per_out,
                                    double lost, double cap) noexcept {
  const V& venue = *c.venue;
  const double all = smaller(smaller(venue.capacity(), cap), give > 0.0 ? collateral / give : infinity);
  if (!(all > 0.0)) return 0.0;
  if (!is_finite(all)) return infinity;
  if constexpr (is_concave<V>()) {
    const detail::ratio of{collateral, debt, give, per_out, lost};
    const auto rises = [&](double x) {
      return of.lead(venue.marginal_price(x).value, x, x > 0.0 ? venue.amount_out(x) : 0.0);
    };
    if (!(rises(0.0) > 0.0)) return 0.0;
    if (rises(all) >= 0.0) return all;
    const auto root = find_root(rises, 0.0, all, detail::root_width);
    return root ? root->at : 0.0;
  } else {
    const auto health = [&](double x) {
      const double left = debt - per_out * (venue.amount_out(x) - lost * x);
      return left > 0.0 ? (collateral - give * x) / left : infinity;
    };
    double best = 0.0, most = collateral / debt, last = 0.0, low = 0.0, high = all;
    detail::scan(all, [&](double x) {
      const double here = health(x);
      if (best == last) high = x;
      if (here > most) most = here, low = last, best = x, high = all;
      last = x;
      return true;
    });
    if (best == 0.0) return 0.0;
    const double top = detail::highest(low, high, health);
    return health(top) > most ? top : best;
  }
}

}  // namespace trimtab::sizing
