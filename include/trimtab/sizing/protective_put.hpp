// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/hedge_book.hpp>

#include <array>
#include <concepts>
#include <cstdint>
#include <limits>

namespace trimtab::sizing {

/// Where a put's cash goes when it pays.
enum class put_settlement : std::uint8_t {
  repays_debt,  ///< it reaches the lending account and repays debt before anybody liquidates
  elsewhere,    ///< it does not: worth having, but no health
};

/// A lending account to be kept at a floor of health by puts, should the price fall to a stress price.
struct put_request {
  venue_line lending{};           ///< at today's price
  double spot = 0.0;              ///< today's price of the underlying, base currency
  double stress_price = 0.0;      ///< below it
  double floor = 1.0;             ///< health wanted there, at least 1
  double floor_on_the_way = 1.0;  ///< health wanted where the puts begin to pay; 0: who liquidates there is not asked
  double debt_weight = 1.0;       ///< weighted debt per unit repaid, at least 1
  double low_strike = 0.0;        ///< strikes to be had; below the stress price none helps
  double high_strike = 0.0;
  put_settlement settlement = put_settlement::elsewhere;  ///< to be said, never assumed

  /// @errors not_finite, negative_amount, non_positive_price, bad_configuration (a floor or a weight below 1, a
  ///         negative floor on the way, strikes the wrong way round, a stress price above the spot)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (const errc e = lending.validate(); e != errc::ok) return e;
    for (const double x : {spot, stress_price, floor, floor_on_the_way, debt_weight, low_strike, high_strike})
      if (!is_finite(x)) return errc::not_finite;
    if (!(spot > 0.0) || !(stress_price > 0.0)) return errc::non_positive_price;
    const bool sound = floor >= 1.0 && floor_on_the_way >= 0.0 && debt_weight >= 1.0 && low_strike <= high_strike &&
                       stress_price <= spot;
    return sound ? errc::ok : errc::bad_configuration;
  }
  /// Debt that has to go at the stress price for health to be at the floor, base currency.
  [[nodiscard]] constexpr double repayment() const noexcept {
    const double g = stress_price / spot;
    return (lending.debt(g) - lending.collateral(g) / floor) / debt_weight;
  }
  /// The least strike at which the account still stands without a payoff; +inf where it stands at none.
  [[nodiscard]] constexpr double least_strike() const noexcept {
    const double least = larger(low_strike, stress_price);
    const double slope = lending.collateral_moving - floor_on_the_way * lending.debt_moving;
    const double lacks = floor_on_the_way * lending.debt_still - lending.collateral_still;
    if (!(lacks > 0.0)) return least;
    if (!(slope > 0.0)) return infinity;
    return larger(lacks / slope * spot * (1.0 + 0x1p-49), least);
  }
};

/// The puts to buy.
struct protective_put {
  double strike = 0.0;            ///< base currency
  double units = 0.0;             ///< of the underlying
  double premium = 0.0;           ///< in all, base currency, paid now from outside the account
  double least_premium = 0.0;     ///< no strike in the range costs less than this, if premiums are convex in the strike
  double health_at_stress = 0.0;  ///< with the puts: the floor, never below
  double health_at_strike = 0.0;  ///< where they begin to pay: from there to the stress price it lies between the two
};

/// Health at a price of an account that holds puts. Only cash that repays debt counts.
/// @return as `venue_line::health`; +inf where the payoff is more than the debt
constexpr double health_with_puts(const put_request& r, double strike, double units, double price) noexcept {
  const double g = price / r.spot, payoff = larger(units * (strike - price), 0.0);
  const double repaid = r.settlement == put_settlement::repays_debt ? payoff : 0.0;
  return health_factor(r.lending.collateral(g), larger(r.lending.debt(g) - r.debt_weight * repaid, 0.0));
}

namespace detail {

/// Four strikes in order and what a put costs at each.
struct strike_bracket {
  std::array<double, 4> strike{};
  std::array<double, 4> premium{};

  /// The line through points i and j, at x.
  [[nodiscard]] constexpr double line(std::size_t i, std::size_t j, double x) const noexcept {
    const double slope = (premium[j] - premium[i]) / (strike[j] - strike[i]);
    return premium[i] + slope * (x - strike[i]);
  }
  /// An inner point above its chord by more than a pricer's rounding.
  [[nodiscard]] constexpr bool concave() const noexcept {
    const auto above = [&](std::size_t i) {
      return premium[i] > line(i - 1, i + 1, strike[i]) + 1e-9 * (premium[i - 1] + premium[i + 1]);
    };
    return above(1) || above(2);
  }
  /// @brief Nothing in the bracket costs less than this per unit of payoff at `stress`.
  ///
  /// A convex premium is above the extension of each of its chords; a line over (K − stress) is monotone, so its ends
  /// decide.
  [[nodiscard]] constexpr double least_ratio(double stress) const noexcept {
    const auto over = [&](std::size_t i, std::size_t j, std::size_t from) {
      double least = infinity;
      for (const std::size_t end : {from, from + 1}) {
        const double payoff = strike[end] - stress, price = larger(line(i, j, strike[end]), 0.0);
        least = smaller(payoff > 0.0 ? price / payoff : (price > 0.0 ? infinity : 0.0), least);
      }
      return least;
    };
    const double middle = larger(over(0, 1, 1), over(2, 3, 1));
    return smaller(smaller(over(1, 2, 0), over(1, 2, 2)), middle);
  }
};

}  // namespace detail

/// @brief Strike and size of the puts that keep health at a floor at a stress price, for the least premium.
///
/// Formula   n = (D − C/h) / (v·(K − p_s)), all at p_s: the payoff repays what the floor wants repaid;
///           K minimises premium(K)·n, that is premium(K)/(K − p_s)
/// A premium that is convex in the strike (else there is arbitrage) makes that ratio quasi-convex, so golden section
/// ends at its least, and the chords of the last bracket bound it from below: `least_premium`.
/// A strike so low that the account is liquidated before its puts pay is none: `floor_on_the_way`. Between stress price
/// and strike health lies between its values at those two; below the stress price it is not held.
/// @param premium  what a put on one unit costs at a strike, base currency, for the wanted expiry
/// @errors those of `put_request::validate`; already_there (the floor holds without), infeasible (the cash does not
///         repay debt, no strike in the range will do, or not so much debt to repay), not_finite or negative_amount
///         (a premium that is no number, or less than nothing), outside_validity (premiums concave in the strike),
///         no_convergence (the two bounds are more than 10⁻⁶ apart)
/// @source derivation: health at the stress price, solved for the payoff; the bound from convexity of premiums
template <std::invocable<double> Premium>
constexpr result<protective_put> cheapest_put(const put_request& r, Premium&& premium) {
  if (const errc e = r.validate(); e != errc::ok) return e;
  if (!(r.repayment() > 0.0)) return errc::already_there;
  // A few ulps on top, so that health comes out at the floor and not just below.
  const double g = r.stress_price / r.spot, most = r.lending.debt_still / r.debt_weight;
  const double wanted = smaller(r.repayment() + 0x1p-49 * r.lending.debt(g) / r.debt_weight, most);
  if (r.settlement != put_settlement::repays_debt) return errc::infeasible;
  const double low = r.least_strike(), width = r.high_strike - low;
  if (!(r.high_strike > r.stress_price && width >= 0.0) || r.repayment() > most) return errc::infeasible;

  errc bad = errc::ok;
  double best_strike = r.high_strike, best_ratio = infinity;
  const auto probe = [&](double strike) {
    const double price = static_cast<double>(premium(strike)), payoff = strike - r.stress_price;
    if (!is_finite(price)) bad = errc::not_finite;
    if (price < 0.0) bad = errc::negative_amount;
    if (payoff > 0.0 && price / payoff < best_ratio) best_ratio = price / payoff, best_strike = strike;
    return price;
  };
  const auto ratio = [&](double strike, double price) { return price / (strike - r.stress_price); };
  constexpr double golden = 0.38196601125010515;  // (3 − √5)/2
  detail::strike_bracket b;
  b.strike = {low, low + golden * width, r.high_strike - golden * width, r.high_strike};
  double least = best_ratio;
  if (width > 0.0) {
    for (std::size_t i = 0; i < 4; ++i) b.premium[i] = probe(b.strike[i]);
    for (int step = 0; bad == errc::ok && step < 100; ++step) {
      if (b.concave()) return errc::outside_validity;
      least = b.least_ratio(r.stress_price);
      if (least >= best_ratio * (1.0 - 1e-12) || b.strike[3] - b.strike[0] < 1e-7 * r.high_strike) break;
      if (ratio(b.strike[1], b.premium[1]) <= ratio(b.strike[2], b.premium[2])) {
        const double next = b.strike[0] + golden * (b.strike[2] - b.strike[0]);
        b.strike = {b.strike[0], next, b.strike[1], b.strike[2]};
        b.premium = {b.premium[0], probe(next), b.premium[1], b.premium[2]};
      } else {
        const double next = b.strike[3] - golden * (b.strike[3] - b.strike[1]);
        b.strike = {b.strike[1], b.strike[2], next, b.strike[3]};
        b.premium = {b.premium[1], b.premium[2], probe(next), b.premium[3]};
      }
    }
  } else {
    probe(r.high_strike);
    least = best_ratio;
  }
  if (bad != errc::ok) return bad;
  if (!(least >= best_ratio * (1.0 - 1e-6))) return errc::no_convergence;

  protective_put p{.strike = best_strike};
  p.units = wanted / (best_strike - r.stress_price);
  p.premium = best_ratio * wanted;
  p.least_premium = smaller(least, best_ratio) * wanted;
  p.health_at_stress = health_with_puts(r, p.strike, p.units, r.stress_price);
  p.health_at_strike = health_with_puts(r, p.strike, p.units, p.strike);
  if (!is_finite(p.units) || !is_finite(p.premium)) return errc::not_finite;
  if (!(p.health_at_strike >= r.floor_on_the_way)) return errc::infeasible;  // a health that falls as prices rise
  return p;
}

}  // namespace trimtab::sizing
