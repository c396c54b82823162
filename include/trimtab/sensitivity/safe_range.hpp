// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/root.hpp>
#include <trimtab/health/health_factor.hpp>
#include <trimtab/health/liquidation.hpp>
#include <trimtab/instrument/leg.hpp>

#include <cmath>
#include <limits>

namespace trimtab::sensitivity {

/// @brief The prices of one underlying, around today's, between which an account is not liquidated.
///
/// Collateral that is worth less when a price falls has a lower end, a debt in the asset an upper one, a pool share
/// against a debt in one of its tokens both. NaN until somebody has looked: nothing is safe by default.
struct safe_range {
  double low = std::numeric_limits<double>::quiet_NaN();   ///< liquidation price below; the search's own end if none
  double high = std::numeric_limits<double>::quiet_NaN();  ///< liquidation price above; likewise
  bool ends_below = false, ends_above = false;             ///< whether `low` and `high` are liquidation prices
  double residual = 0.0;                                   ///< the larger |C − D| at those prices, over D
};

/// How far to look, as factors of today's price.
struct search_span {
  double down = 1e-3;
  double up = 1e3;
};

namespace detail {

/// The headroom of a form whose slots are priced by legs, as a function of one underlying's price.
template <instrument::Instrument I, std::size_t M, std::size_t U>
struct headroom_along {
  const form_view<double>& f;
  std::span<const instrument::leg<I>> legs;
  std::size_t underlying;
  mutable std::array<double, U> world{};
  std::size_t underlyings = 0;

  std::array<double, M> prices_at(double price) const {
    world[underlying] = price;
    const std::span<const double> here(world.data(), underlyings);
    std::array<double, M> p{};
    for (std::size_t k = 0; k < legs.size(); ++k) p[k] = legs[k].template value<double>(here);
    return p;
  }
  /// Headroom over debt at this price: over its size, as the sign is to be that of headroom also where what is owed,
  /// a perpetual perhaps, is worth less than nothing; +inf where both sides are nothing.
  double operator()(double price) const {
    const std::array<double, M> p = prices_at(price);
    const oracle_prices<double> prices{std::span<const double>(p)};
    const double left = headroom(f, prices), debt = weighted_value(f.debt, prices);
    return left == 0.0 && debt == 0.0 ? infinity : left / std::fabs(debt);
  }

  /// Whether headroom is sure to keep its sign all the way from `low` to `high`, whose signs agree; or, where they
  /// differ, to change it once. By its second-order expansion at the middle and the legs' bounds on what that leaves
  /// out.
  bool is_settled(double low, double high, bool differ) const {
    const double middle = 0.5 * (low + high), half = 0.5 * (high - low);
    world[underlying] = middle;
    const std::span<const double> here(world.data(), underlyings);
    double value = 0.0, slope = 0.0, curve = 0.0, left_out = 0.0;
    const auto add = [&](const term<double>& t, double sign) {
      const auto& l = legs[t.slot.index];
      const auto at = l.template at<double>(here);
      const double balance = sign * t.weight * t.amount;
      value += balance * at.value;
      for (std::size_t i = 0; i < at.size; ++i) {
        if (l.reads[i] != underlying) continue;
        slope += balance * at.gradient[i];
        curve += balance * at.gamma(i, i);
        const auto u = l.template underlyings<double>(here);
        auto from = u, to = u;
        from[i] = low, to[i] = high;
        const double third =
            l.instrument.cubic_bound({u.data(), at.size}, {{from.data(), at.size}, {to.data(), at.size}});
        left_out += std::fabs(balance) * third;
      }
    };
    for (const term<double>& t : f.collateral) add(t, 1.0);
    for (const term<double>& t : f.debt) add(t, -1.0);
    const double reach = half / middle;
    // Third derivative in price: bound / middle³. It bends the slope by half its square of the way, and the value by a
    // sixth.
    const double least_slope = std::fabs(slope) - std::fabs(curve) * half - 0.5 * left_out * reach * reach / middle;
    if (least_slope > 0.0) return true;  // monotone: signs at the ends say it all
    const double least = std::fabs(value) - std::fabs(slope) * half - 0.5 * std::fabs(curve) * half * half -
                         left_out * reach * reach * reach / 6.0;
    return !differ && least > 0.0;
  }
};

// The nearest change of sign on the way from `now` to `end`, or `end` and no change.
template <class F>
result<root<double>> nearest_root(const F& headroom, double now, double end) {
  constexpr double smallest_step = 0x1p-40;
  const bool up = end > now;
  double here = now, value = headroom(now), step = 0x1p-4;
  for (int segment = 0; segment < 20'000; ++segment) {
    if (here == end) return root<double>{.at = end, .low = end, .high = end, .residual = value};
    double next = up ? here * (1.0 + step) : here * (1.0 - step);
    if (up ? next > end : next < end) next = end;
    const double there = headroom(next);
    if (!(there == there)) return errc::not_finite;
    const bool differ = (there < 0.0) != (value < 0.0);
    const double low = up ? here : next, high = up ? next : here;
    if (step > smallest_step && !headroom.is_settled(low, high, differ)) {
      step *= 0.5;
      continue;
    }
    if (differ) return find_root(headroom, low, high);
    here = next, value = there;
    if (step < 0.25) step *= 2.0;
  }
  return errc::no_convergence;
}

}  // namespace detail

/// @brief Liquidation prices of an underlying that an account reads through any instruments, the nearest on either
/// side.
///
/// Certified: at each end headroom changes its sign within two ulps; between the ends it cannot, by second-order
/// expansions with each leg's `cubic_bound` as their remainder. (Where a leg has no bound, at the ends of a range
/// position, only a touch that is over within 10⁻¹² of the price would be missed.)
/// @param f           liquidation form; leg k prices slot k
/// @param underlying  which of the world's prices moves, all others fixed
/// @return    0 and +inf without debt
/// @errors   infeasible: liquidatable already, nothing around today's price is safe; size_mismatch, capacity (more than
/// M slots or U underlyings), those of `validate(legs, world)`,
///           bad_configuration (a search span that does not contain 1), not_finite, no_convergence
/// @source   math: interval Newton on a Taylor model of order 2; `find_root`
template <std::size_t M = 16, std::size_t U = 8, instrument::Instrument I>
result<safe_range> safe_range_of(const form_view<double>& f, std::span<const instrument::leg<I>> legs,
                                 std::span<const double> world, std::size_t underlying, search_span span = {}) {
  if (const errc bad = instrument::validate(legs, world); bad != errc::ok) return bad;
  if (legs.size() > M || world.size() > U) return errc::capacity;
  if (underlying >= world.size()) return errc::size_mismatch;
  if (!(span.down > 0.0 && span.down < 1.0 && span.up > 1.0 && span.up < infinity)) return errc::bad_configuration;
  for (const std::span<const term<double>> side : {f.collateral, f.debt})
    for (const term<double>& t : side)
      if (t.slot.index >= legs.size()) return errc::size_mismatch;
  safe_range out;

  detail::headroom_along<I, M, U> headroom{f, legs, underlying, {}, world.size()};
  for (std::size_t i = 0; i < world.size(); ++i) headroom.world[i] = world[i];
  const double now = world[underlying], today = headroom(now);
  // Nothing owed at any price; a short option that is worth nothing today is owed all the same.
  bool owes = false;
  for (const term<double>& t : f.debt) owes = owes || t.weight * t.amount != 0.0;
  if (!owes) return safe_range{.low = 0.0, .high = infinity};
  if (today != today) return errc::not_finite;
  if (today < 0.0) return errc::infeasible;
  const auto below = detail::nearest_root(headroom, now, now * span.down);
  if (!below) return below.error();
  const auto above = detail::nearest_root(headroom, now, now * span.up);
  if (!above) return above.error();
  out.low = below->at;
  out.high = above->at;
  out.ends_below = below->evaluations > 0;
  out.ends_above = above->evaluations > 0;
  if (out.ends_below) out.residual = std::fabs(below->residual);
  if (out.ends_above && std::fabs(above->residual) > out.residual) out.residual = std::fabs(above->residual);
  return out;
}
template <std::size_t M = 16, std::size_t U = 8, std::size_t N, instrument::Instrument I>
result<safe_range> safe_range_of(const form<double, N>& f, std::span<const instrument::leg<I>> legs,
                                 std::span<const double> world, std::size_t underlying, search_span span = {}) {
  return safe_range_of<M, U>(f.view(), legs, world, underlying, span);
}

}  // namespace trimtab::sensitivity
