// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/time.hpp>
#include <trimtab/health/health_factor.hpp>
#include <trimtab/sizing/hedge.hpp>

#include <cmath>
#include <limits>

namespace trimtab::sizing {

/// @brief One venue of a book along one price factor g, 1 now: every price that moves is g times what it was.
///
///     C(g) = moving·g + still      D(g) = moving·g + still      health C/D, alive while C ≥ D
/// Weighted amounts, base currency. Lending accounts and perps are both of this kind, so their healths compare. Where a
/// protocol liquidates at equality too, ask a little more than 1.
struct venue_line {
  double collateral_moving = 0.0;
  double collateral_still = 0.0;
  double debt_moving = 0.0;
  double debt_still = 0.0;

  [[nodiscard]] constexpr double collateral(double g) const noexcept {
    return collateral_moving * g + collateral_still;
  }
  [[nodiscard]] constexpr double debt(double g) const noexcept { return debt_moving * g + debt_still; }
  [[nodiscard]] constexpr double health(double g = 1.0) const noexcept { return health_factor(collateral(g), debt(g)); }
  /// dH/dg, health per relative move of the price; 0 without debt.
  [[nodiscard]] constexpr double health_delta(double g = 1.0) const noexcept {
    const double owed = debt(g);
    return owed == 0.0 ? 0.0 : (collateral_moving * debt_still - collateral_still * debt_moving) / (owed * owed);
  }
  /// @errors not_finite, negative_amount
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {collateral_moving, collateral_still, debt_moving, debt_still}) {
      if (!is_finite(x)) return errc::not_finite;
      if (x < 0.0) return errc::negative_amount;
    }
    return errc::ok;
  }
};

/// @brief The line of a lending account. A hedge elsewhere is not in it: it does not move this health.
/// @pre the form is the protocol's over the whole move: of a piecewise model, one piece
/// @param beta  each slot's share in the move, 0 to 1: 1 for what moves with the price, 0 for cash
/// @errors those of the form's `validate`; size_mismatch (a slot without β), threshold_range (a β outside [0, 1]);
///         not_finite, negative_amount (the amounts)
template <std::size_t N>
constexpr result<venue_line> lending_line(const form<double, N>& f, oracle_prices<double> prices,
                                          std::span<const double> beta) noexcept {
  if (const errc e = trimtab::validate(f, prices); e != errc::ok) return e;
  venue_line line;
  for (const bool owed : {false, true})
    for (const term<double>& t : owed ? f.debt : f.collateral) {
      if (t.slot.index >= beta.size()) return errc::size_mismatch;
      if (!(beta[t.slot.index] >= 0.0 && beta[t.slot.index] <= 1.0)) return errc::threshold_range;
      const double worth = t.weight * t.amount * prices[t.slot].value, share = beta[t.slot.index];
      (owed ? line.debt_moving : line.collateral_moving) += worth * share;
      (owed ? line.debt_still : line.collateral_still) += worth * (1.0 - share);
    }
  if (const errc e = line.validate(); e != errc::ok) return e;
  return line;
}

/// A perp position as it is now: profit so far is in its margin.
struct perp_position {
  perp_kind kind = perp_kind::linear;
  double notional = 0.0;     ///< base currency, negative: short
  double margin = 0.0;       ///< equity at the venue, base currency
  double maintenance = 0.0;  ///< share of the notional below which the venue closes it; a tier's deduction is margin

  /// What its worth gains per relative move of the price, base currency; an inverse position's coins are in it.
  [[nodiscard]] constexpr double exposure() const noexcept {
    return kind == perp_kind::linear ? notional : notional + margin;
  }
};

/// @brief The line of a perp: what the venue holds for it against what it may lose and must keep. Q = |notional|.
///
///     linear  short  C = M + Q          D = (1 + m)·Q·g        long  C = M + (1 − m)·Q·g   D = Q
///     inverse short  C = M·g + Q        D = Q·g + m·Q          long  C = (M + Q)·g         D = (1 + m)·Q
/// C − D is equity less maintenance margin; the ratio is the one of `health::hyperliquid`.
/// @errors not_finite, negative_amount (the margin), threshold_range (maintenance outside [0, 1))
/// @source derivation: equity M ∓ Q·(g − 1), in coins M ∓ Q·(1 − 1/g); an inverse maintenance is a share of the USD
/// size
constexpr result<venue_line> perp_line(const perp_position& p) noexcept {
  if (!is_finite(p.notional) || !is_finite(p.margin) || !is_finite(p.maintenance)) return errc::not_finite;
  if (p.margin < 0.0) return errc::negative_amount;
  if (!(p.maintenance >= 0.0 && p.maintenance < 1.0)) return errc::threshold_range;
  const bool is_short = p.notional < 0.0;
  const double size = is_short ? -p.notional : p.notional, kept = p.maintenance * size;
  if (p.kind == perp_kind::linear) {
    if (is_short) return venue_line{.collateral_still = p.margin + size, .debt_moving = size + kept};
    return venue_line{.collateral_moving = size - kept, .collateral_still = p.margin, .debt_still = size};
  }
  if (is_short)
    return venue_line{.collateral_moving = p.margin, .collateral_still = size, .debt_moving = size, .debt_still = kept};
  return venue_line{.collateral_moving = p.margin + size, .debt_still = size + kept};
}

/// How far a price may go before funds can move: 0.3 is 30 % of where it is now.
struct price_move {
  double down = 0.0;
  double up = 0.0;

  /// @errors not_finite, threshold_range (a move below 0, or a fall of all there is)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_finite(down) || !is_finite(up)) return errc::not_finite;
    return down >= 0.0 && down < 1.0 && up >= 0.0 ? errc::ok : errc::threshold_range;
  }
};

/// @brief The move of `deviations` standard deviations of a lognormal price while funds are in transit.
///
/// Formula   1 − e^(−zσ√τ) down, e^(zσ√τ) − 1 up
/// @param    volatility σ per √year; @param delay τ
inline price_move move_during(seconds delay, double volatility, double deviations) noexcept {
  const double years = static_cast<double>(delay.count()) / static_cast<double>(year.count());
  const double x = deviations * volatility * std::sqrt(years);
  return {.down = -std::expm1(-x), .up = std::expm1(x)};
}

/// The least health over venues and the move; `status` says whether the rest can be read.
struct book_health {
  errc status = errc::bad_configuration;
  double health = std::numeric_limits<double>::quiet_NaN();
  std::size_t venue = 0;  ///< which venue has it
  double factor = 1.0;    ///< at which price

  /// Every venue lives through the move.
  [[nodiscard]] constexpr bool solvent() const noexcept { return status == errc::ok && health >= 1.0; }
};

/// @brief Solvency of a hedged book: the least health of any of its venues, anywhere within a move, no funds moved.
///
/// Each health is monotone in g, so the ends of the move and now are all there is to look at.
/// @errors in `status`: size_mismatch (no venue), not_finite, threshold_range (the move)
constexpr book_health least_health(std::span<const venue_line> venues, const price_move& move = {}) noexcept {
  book_health worst;
  worst.status = venues.empty() ? errc::size_mismatch : move.validate();
  for (const venue_line& v : venues)
    if (worst.status == errc::ok) worst.status = v.validate();
  if (worst.status != errc::ok) return worst;
  worst.health = infinity;
  for (std::size_t i = 0; i < venues.size(); ++i)
    for (const double g : {1.0, 1.0 - move.down, 1.0 + move.up}) {
      const double h = venues[i].health(g);
      if (h != h) return {.status = errc::not_finite};
      if (h < worst.health) worst = {errc::ok, h, i, g};
    }
  return worst;
}

/// The largest moves that every venue survives.
struct survivable {
  errc status = errc::bad_configuration;
  double down = 0.0;           ///< 1: the price may fall to nothing
  double up = 0.0;             ///< +inf: it may rise for ever
  std::size_t down_venue = 0;  ///< which venue dies first there
  std::size_t up_venue = 0;
};

/// @brief How far the price may fall and rise before the first venue is liquidated, no funds moved.
///
/// Formula   (C − D) / |C' − D'| at g = 1: headroom is linear in g
/// @errors in `status`: size_mismatch (no venue), not_finite, infeasible (a venue is liquidatable now: both moves are
///         zero, and it is named)
constexpr survivable survivable_move(std::span<const venue_line> venues) noexcept {
  survivable s{.status = venues.empty() ? errc::size_mismatch : errc::ok};
  for (const venue_line& v : venues)
    if (s.status == errc::ok) s.status = v.validate();
  if (s.status != errc::ok) return s;
  s.down = 1.0;
  s.up = infinity;
  for (std::size_t i = 0; i < venues.size(); ++i) {
    const venue_line& v = venues[i];
    const double slope = v.collateral_moving - v.debt_moving;
    const double room = slope + (v.collateral_still - v.debt_still);
    if (room < 0.0) return {errc::infeasible, 0.0, 0.0, i, i};
    if (slope > 0.0 && room / slope < s.down) s.down = room / slope, s.down_venue = i;
    if (slope < 0.0 && room / -slope < s.up) s.up = room / -slope, s.up_venue = i;
  }
  return s;
}

/// How the book's worth and the healths move with the price; per relative move, divide by the price for per unit of it.
struct book_deltas {
  double equity_delta = 0.0;       ///< lending position and hedge together, base currency
  double health_delta = 0.0;       ///< of the lending account: the hedge is not in it
  double health_delta_perp = 0.0;  ///< of the hedge's own venue
};

/// @brief Equity delta and health deltas, apart: a book without equity delta still has a health that falls with the
/// price.
/// @param exposure  equity delta × price of the lending position alone, base currency
/// @errors those of `perp_line` and of the line
constexpr result<book_deltas> deltas_of(const venue_line& lending, double exposure,
                                        const perp_position& hedge) noexcept {
  const result<venue_line> perp = perp_line(hedge);
  if (!perp) return perp.error();
  if (const errc e = lending.validate(); e != errc::ok) return e;
  if (!is_finite(exposure)) return errc::not_finite;
  return book_deltas{exposure + hedge.exposure(), lending.health_delta(), perp->health_delta()};
}

/// Cash that has to move between the two venues of a book once it can.
struct cash_transfer {
  double to_lending = 0.0;  ///< sent there from the perp's margin, base currency; negative: to the perp, from new debt
  double cost = 0.0;        ///< lost on the way
};

/// @brief After the delay, at price factor g: the least cash to send so that both venues are at their floors again.
///
/// What a venue is short of: the lending account D − C/h (over the debt's weight), the perp h·D − C. The other can give
/// its own headroom above the floor: margin withdrawn, or debt borrowed.
/// @param debt_weight weighted debt per unit repaid; @param floor  health wanted at both, at least 1; @param cost of
/// sending, of what arrives
/// @errors not_finite, bad_configuration (floor below 1, weight below 1, g or cost out of range); infeasible (neither
///         venue can help the other)
constexpr result<cash_transfer> transfer_at(const venue_line& lending, const venue_line& perp, double g, double floor,
                                            basis_points cost = {}, double debt_weight = 1.0) noexcept {
  for (const errc e : {lending.validate(), perp.validate()})
    if (e != errc::ok) return e;
  if (!is_finite(g) || !is_finite(floor) || !is_finite(debt_weight)) return errc::not_finite;
  if (!(floor >= 1.0) || !(debt_weight >= 1.0) || !(g > 0.0) || !(cost.count >= 0.0)) return errc::bad_configuration;
  const double lending_short = (lending.debt(g) - lending.collateral(g) / floor) / debt_weight;
  const double perp_short = floor * perp.debt(g) - perp.collateral(g);
  const double most = larger(lending_short, perp_short), other = smaller(lending_short, perp_short);
  if (!(most > 0.0)) return cash_transfer{};
  const double sent = most * (1.0 + cost.fraction());
  if (!(sent <= -other)) return errc::infeasible;
  return cash_transfer{lending_short > 0.0 ? sent : -sent, sent - most};
}

}  // namespace trimtab::sizing
