// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/concept.hpp>
#include <trimtab/sizing/size_on_any_venue.hpp>

namespace trimtab::sizing {

/// A trade cut into equal pieces, and what that is expected to cost against doing it at once, in units of what the
/// venue pays.
struct schedule {
  int chunks = 1;
  double cost_at_once = 0.0;
  double cost_in_chunks = 0.0;
};

/// @brief How many pieces are cheapest when the venue is refilled between them.
///
/// Formula   cost(N) = p₀·s·X²/(N + s·X) + N·G + (1 − 1/N)·X·p₀·band: impact, gas, and the fee band
/// Arbitrage restores a pool only to the edge of its fee band, so every piece but the first pays that band again; when
/// this, or gas, eats the gain, one piece it is. Without a band the cheapest N is X·√(p₀·s / G) − s·X; a band only
/// lowers it, so the search goes down from there.
/// @param size   X, all that is to be sold; @param first the venue's first piece (price p₀, curvature s)
/// @param gas    G per transaction, gas and what its sender is paid flat, in units of what the venue pays; @param band
/// half-width of the venue's fee band
/// @source derived here
constexpr schedule cheapest_schedule(double size, const liquidity::segment<>& first, double gas, basis_points band,
                                     int at_most) noexcept {
  const double impact = first.price * first.curvature * size * size;
  const auto cost = [&](double n) {
    const double revisited = n > 1.0 ? (n - 1.0) / n * size * first.price * band.fraction() : 0.0;
    return impact / (n + first.curvature * size) + n * gas + revisited;
  };
  schedule s;
  s.cost_at_once = s.cost_in_chunks = cost(1.0);
  if (!(size > 0.0) || !(first.curvature > 0.0) || at_most < 2) return s;
  const double ideal =
      gas > 0.0 ? size * square_root(first.price * first.curvature / gas) - first.curvature * size : infinity;
  int n = ideal < static_cast<double>(at_most - 1) ? static_cast<int>(larger(ideal, 0.0)) + 1 : at_most;
  double least = cost(n);
  for (double fewer = 0.0; n > 1 && (fewer = cost(n - 1)) <= least; --n) least = fewer;
  if (least < s.cost_in_chunks) s.chunks = n, s.cost_in_chunks = least;
  return s;
}

/// The venue's first Möbius piece; of a curve that has none, the piece from the same start with the same impact at x.
template <class V>
constexpr liquidity::segment<> opening_piece(const V& venue, double x) noexcept {
  if constexpr (Pieced<V>) {
    return curve<V>(venue).piece[0];
  } else {
    const double price = venue.marginal_price(0.0).value, bend = venue.loss(x) / (x * venue.amount_out(x));
    return {price, bend > 0.0 ? bend : 0.0, infinity};
  }
}

/// @brief Trades one piece of what the inner sizer wants, so that arbitrage can refill the venue before the next.
/// Itself a sizer.
///
/// The piece is sized afresh each time: what remains to be done is always measured, never remembered. In an emergency,
/// everything at once.
template <Sizer Z>
struct in_chunks {
  Z whole;
  basis_points band{30.0};  ///< the venue's fee: arbitrage brings it back to within this of the market
  int at_most = 12;

  constexpr explicit in_chunks(const Z& all, basis_points fee_band = {30.0}, int most = 12) noexcept
      : whole(all), band(fee_band), at_most(most) {}

  /// @errors bad_configuration, those of the inner sizer
  [[nodiscard]] constexpr errc validate() const noexcept {
    return band.count >= 0.0 && at_most >= 1 ? whole.validate() : errc::bad_configuration;
  }
  [[nodiscard]] constexpr bool can(direction d) const noexcept { return whole.can(d); }

  template <class V, std::size_t N>
  constexpr sized size(const problem<V, N>& p) const noexcept {
    sized s = whole.size(p);
    // A target that only the venue keeps out of reach is in reach of several pieces: arbitrage refills it.
    const bool venue_binds = s.status == errc::infeasible && s.trade.sold > 0.0 &&
                             (s.binding == limit::depth || s.binding == limit::slippage);
    if ((!s.has_value() && !venue_binds) || p.urgent) return s;
    const double out_price =
        p.prices[s.trade.towards == direction::deleverage ? p.liquidation.debt.find(p.debt)->slot
                                                          : p.liquidation.collateral.find(p.collateral)->slot]
            .value;
    const schedule cut = cheapest_schedule(s.trade.sold, opening_piece(*p.venue, s.trade.sold),
                                           (s.trade.cost.gas + p.reward.flat) / out_price, band, at_most);
    if (cut.chunks < 2) return s;
    const trade piece = whole.at_size(p, s.trade.sold / cut.chunks);
    if (whole.objection_to(p, piece).why != errc::ok) return s;  // what is right for the whole may be wrong for a piece
    s.trade = piece;
    if constexpr (requires { whole.benefit(p, piece); }) s.benefit = whole.benefit(p, piece);
    s.status = errc::ok;
    s.best_health = s.trade.health_after;
    s.binding = limit::chunk;
    return s;
  }
  template <class V, std::size_t N>
  constexpr trade at_size(const problem<V, N>& p, double x) const noexcept {
    return whole.at_size(p, x);
  }
  template <class V, std::size_t N>
  constexpr objection objection_to(const problem<V, N>& p, const trade& t) const noexcept {
    return whole.objection_to(p, t);
  }
};

}  // namespace trimtab::sizing
