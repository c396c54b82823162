// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/hedge_book.hpp>

#include <cstddef>
#include <cstdint>

namespace trimtab::sizing {

/// A lending position to be hedged at one perp venue, and what there is to do it with. Base currency.
struct split_request {
  venue_line lending{};        ///< as it is
  double exposure = 0.0;       ///< equity delta × price of the lending position
  double debt_weight = 1.0;    ///< weighted debt per unit repaid: the borrow factor, at least 1
  perp_venue perp{};           ///< its lot, minimum and cash are not read: the budget is the cash
  price_move move{};           ///< to be survived before funds can move
  double lending_floor = 1.0;  ///< health at the end of the move, at least 1
  double perp_floor = 1.0;     ///< the same at the perp
  double hedge_ratio = 1.0;    ///< share of the exposure to hedge
  double budget = 0.0;         ///< cash (and coins, where the perp's margin is held already)
  basis_points to_lending{};   ///< cost of sending cash there, of what arrives
  basis_points to_perp{};
  double sellable = 0.0;     ///< worth of the collateral that may be sold; it moves with the price
  double sale_weight = 0.0;  ///< its liquidation threshold
  basis_points sale_cost{};  ///< fee and slippage

  /// @errors not_finite, negative_amount, threshold_range, bad_configuration (a floor or weight below 1, more for sale
  ///         than moves with the price), those of the parts
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const errc e : {lending.validate(), perp.validate(), move.validate()})
      if (e != errc::ok) return e;
    for (const double x : {exposure, debt_weight, lending_floor, perp_floor, hedge_ratio, budget, to_lending.count,
                           to_perp.count, sellable, sale_weight, sale_cost.count})
      if (!is_finite(x)) return errc::not_finite;
    if (budget < 0.0 || sellable < 0.0 || to_lending.count < 0.0 || to_perp.count < 0.0) return errc::negative_amount;
    if (!(sale_weight >= 0.0 && sale_weight <= 1.0) || !is_share(sale_cost)) return errc::threshold_range;
    if (!(hedge_ratio >= 0.0 && hedge_ratio <= 1.0)) return errc::threshold_range;
    if (sale_weight * sellable > lending.collateral_moving * (1.0 + 0x1p-40)) return errc::bad_configuration;
    return lending_floor >= 1.0 && perp_floor >= 1.0 && debt_weight >= 1.0 ? errc::ok : errc::bad_configuration;
  }
};

/// Which venue a split fails at.
enum class split_limit : std::uint8_t {
  none,
  lending,        ///< its repayment alone is more than the budget, or more than the debt that can be repaid
  perp,           ///< its margin and fee alone are more than the budget, or no margin is enough
  both,           ///< each could be served, not both
  perp_capacity,  ///< the venue does not take a hedge of this size
};

/// The enumerator's own spelling, for logs.
constexpr const char* name(split_limit l) noexcept {
  constexpr const char* names[] = {"none", "lending", "perp", "both", "perp_capacity"};
  return names[static_cast<std::size_t>(l)];
}

/// @brief How the money is split, or the venue that makes it impossible. Base currency.
struct hedge_split {
  errc status = errc::bad_configuration;
  split_limit binding = split_limit::none;
  perp_position hedge{};  ///< notional signed, margin posted
  double fee = 0.0;       ///< of the perp venue
  double repaid = 0.0;    ///< debt
  double transfer_cost = 0.0;
  double sold = 0.0;         ///< collateral, before what the sale costs
  double cash_needed = 0.0;  ///< the least budget that needs no sale: perp and lending together
  double cash_left = 0.0;
  venue_line lending{};  ///< after repayment and sale
  book_health worst{};   ///< over both venues (0 lending, 1 perp), within the move: the certificate

  [[nodiscard]] constexpr bool has_value() const noexcept { return status == errc::ok; }
};

namespace detail {

/// Margin per unit of notional that keeps a perp's health at the floor at price factor g: `perp_line` solved for M.
constexpr double margin_at(perp_kind kind, bool is_short, double maintenance, double floor, double g) noexcept {
  if (kind == perp_kind::linear)
    return is_short ? floor * (1.0 + maintenance) * g - 1.0 : floor - (1.0 - maintenance) * g;
  return is_short ? (floor * (g + maintenance) - 1.0) / g : floor * (1.0 + maintenance) / g - 1.0;
}

}  // namespace detail

/// @brief Sizes hedge, margin, repayment and, if the budget is short, the least sale of collateral, jointly, so that
/// lending account and perp both stand at their floors through the whole move with no funds moved.
///
/// Margin     μ·Q, μ the largest of initial margin and what `margin_at` asks at both ends and now
/// Hedge      Q = κ·ρ·(E − s), κ = 1; 1/(1 ∓ μ) where the inverse margin's coins are bought and add to the delta
/// Repayment  R = max(0, D(g) − (C(g) − w·s·g)/h)/v over both ends and now
/// Cash       Q·(μ·(1 + t) + fee) + R·(1 + t') ≤ B + (1 − k)·s
/// Every condition is linear in the sale s, so the s that satisfy them are an interval and its lower end the answer:
/// selling loses k, and what is sold earns nothing. Nothing is sold from a book that is short the underlying.
/// @return   certified: both lines re-evaluated at the ends. Sizes are not rounded to lots
/// @errors   in `status`: those of `split_request::validate`; infeasible, with the venue; no_convergence (the
///           certificate fails: amounts too far apart in size)
constexpr hedge_split split_hedge(const split_request& r) noexcept {
  hedge_split out;
  out.status = r.validate();
  if (out.status != errc::ok) return out;
  const auto refuse = [&](split_limit why) {
    out.status = errc::infeasible;
    out.binding = why;
    return out;
  };
  const std::array<double, 3> ends{1.0, 1.0 - r.move.down, 1.0 + r.move.up};
  constexpr double rounding =
      0x1p-49;  // asked on top, so that the healths come out at their floors and not an ulp below
  const bool is_short = r.exposure >= 0.0;
  const double exposure = is_short ? r.exposure : -r.exposure;

  double share = r.perp.margin_share();
  for (const double g : ends)
    share = larger(detail::margin_at(r.perp.kind, is_short, r.perp.maintenance_margin, r.perp_floor, g), share);
  share += rounding * (1.0 + share);
  const double coins = r.perp.kind == perp_kind::inverse && !r.perp.margin_is_held ? share : 0.0;
  if (is_short && !(coins < 1.0) && exposure > 0.0) return refuse(split_limit::perp);
  const double per_exposure = r.hedge_ratio / (is_short ? 1.0 - coins : 1.0 + coins);
  const double perp_price = per_exposure * (share * (1.0 + r.to_perp.fraction()) + r.perp.taker_fee.fraction());
  const double lending_price = 1.0 + r.to_lending.fraction();

  // What lending lacks at each end, debt to repay: without a sale, and more of it per unit sold.
  std::array<double, 4> lacks{}, lacks_more{};  // the last: nothing
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const double debt = r.lending.debt(ends[i]), collateral = r.lending.collateral(ends[i]);
    lacks[i] = (debt - collateral / r.lending_floor + rounding * (debt + collateral)) / r.debt_weight;
    lacks_more[i] = r.sale_weight * ends[i] / (r.lending_floor * r.debt_weight);
  }
  const auto repayment = [&](double sold) {
    double most = 0.0;
    for (std::size_t i = 0; i < ends.size(); ++i) most = larger(lacks[i] + lacks_more[i] * sold, most);
    return most;
  };
  const double perp_need = perp_price * exposure, lending_need = lending_price * repayment(0.0);
  out.cash_needed = perp_need + lending_need;
  const double repayable = r.lending.debt_still / r.debt_weight;
  const auto beyond = [&](double repaid) { return !(repaid <= repayable * (1.0 + 4.0 * rounding)); };
  if (beyond(repayment(0.0))) return refuse(split_limit::lending);

  const double room = r.perp.capacity * r.perp.contract_notional();
  const double sellable = is_short ? smaller(r.sellable, exposure) : 0.0;
  double least = 0.0, most = sellable;
  if (per_exposure * exposure > room * (1.0 + rounding)) least = exposure - room / per_exposure;
  if (least > sellable) return refuse(split_limit::perp_capacity);
  bool too_dear = false;
  for (std::size_t i = 0; i < lacks.size(); ++i) {
    const double needed = perp_price * exposure + lending_price * lacks[i];
    const double short_of = needed <= r.budget * (1.0 + rounding) ? smaller(needed - r.budget, 0.0) : needed - r.budget;
    const double gained = r.sale_cost.complement() + perp_price - lending_price * lacks_more[i];
    if (gained > 0.0) {
      least = larger(short_of / gained, least);
    } else if (short_of > 0.0) {
      too_dear = true;
    } else if (gained < 0.0) {
      most = smaller(short_of / gained, most);
    }
  }
  if (too_dear || !(least <= most)) {
    const bool perp_alone = perp_need > r.budget, lending_alone = lending_need > r.budget;
    if (perp_alone == lending_alone) return refuse(split_limit::both);
    return refuse(perp_alone ? split_limit::perp : split_limit::lending);
  }

  out.sold = least;
  out.repaid = smaller(repayment(least), repayable);
  if (beyond(repayment(least))) return refuse(split_limit::lending);
  const double size = per_exposure * (exposure - least);
  out.hedge = {r.perp.kind, is_short ? -size : size, share * size, r.perp.maintenance_margin};
  out.fee = r.perp.taker_fee.fraction() * size;
  out.transfer_cost = r.to_perp.fraction() * out.hedge.margin + r.to_lending.fraction() * out.repaid;
  const double spent = out.hedge.margin + out.fee + out.repaid + out.transfer_cost;
  out.cash_left = larger(r.budget + r.sale_cost.complement() * least - spent, 0.0);
  out.lending = r.lending;
  out.lending.collateral_moving = larger(out.lending.collateral_moving - r.sale_weight * least, 0.0);
  out.lending.debt_still = larger(out.lending.debt_still - r.debt_weight * out.repaid, 0.0);

  // The certificate: both venues, again, from what was decided.
  const result<venue_line> perp = perp_line(out.hedge);
  if (!perp) {
    out.status = perp.error();
    return out;
  }
  const std::array<venue_line, 2> venues{out.lending, *perp};
  out.worst = least_health(venues, r.move);
  const bool lending_stands = least_health(std::span(venues).first(1), r.move).health >= r.lending_floor;
  const bool perp_stands = least_health(std::span(venues).last(1), r.move).health >= r.perp_floor;
  if (!lending_stands || !perp_stands) out.status = errc::no_convergence;
  return out;
}

}  // namespace trimtab::sizing
