// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/concept.hpp>
#include <trimtab/health/health_factor.hpp>
#include <trimtab/health/one_pair.hpp>

namespace trimtab::health {

/// @brief crvUSD and Curve Lend (LLAMMA): one loan, whose collateral lies in N price bands and is traded into crvUSD
/// while the price falls through them. It fits in part, and the model refuses where it does not.
///
///     health = (x_down·(1 − discount) + max(0, p − p_up)·y) / debt − 1,  liquidated where it is below 0
///
/// x_down is the crvUSD that the bands would give on the way down. It is known in closed form only while the position
/// is untouched, above its bands (`untouched`); inside them it depends on the path of the price and on who traded, so
/// the caller reads it from the AMM (`get_x_down`) for the price of that moment, and `holds_at` refuses every other.
/// Above the bands (p ≥ p_up) the price term is linear, and its negative part goes to the debt, net of x_down:
///
///     health factor = y·p / (debt + (y·p_up − x_down·(1 − discount)))      1 exactly where health is 0
///
/// Inside them it is x_down·(1 − discount) / debt, health + 1, with no price in it. Class global input. Above the bands
/// mostly interest brings a hard liquidation; its price is below p_up as a rule, where this form no longer holds:
/// ask `distance_to_bands` how far soft liquidation is. Strict: health 0 is safe.
///
/// A loan that is changed is put into new bands by the controller, so this form stands for a position as it is, growing
/// interest included, and not for the one after a trade: `holds_at` refuses another amount of collateral, and after a
/// repayment x_down and p_up are to be read again. What the controller lends is `max_debt`, whose bands begin at the
/// price. The borrow form is never looser than that, and stricter by what y·p_up exceeds x_down. In soft liquidation
/// nothing is lent or given back. No minimum debt.
/// @source curvefi/curve-stablecoin, Controller.vy _health, _calculate_debt_n1, _liquidate; AMM.vy get_xy_up
struct crvusd {
  static constexpr form_class kind = form_class::global_input;
  static constexpr whole_repayment whole_debt = whole_repayment::by_max_value;  ///< Controller.vy repay

  asset_id collateral{};
  asset_id stablecoin{};
  price_slot collateral_slot{};  ///< the AMM's oracle price, crvUSD per collateral
  price_slot debt_slot{};        ///< a constant 1
  price_slot bands_slot{};       ///< another, for what the bands are worth: it is in no token of the account

  basis_points liquidation_discount{600.0};  ///< of this loan, as it was when it was last changed
  basis_points loan_discount{900.0};
  double amplification = 100.0;  ///< A: a band is 1/A wide
  int bands = 10;                ///< N of this loan

  // The position, from the AMM.
  double held = 0.0;      ///< y, collateral in the bands: what the account has to list
  double x_down = 0.0;    ///< crvUSD
  double p_up = 0.0;      ///< upper price of the uppermost band
  bool in_bands = false;  ///< soft liquidation: the active band is one of the loan's, or below them
  double read_at = 0.0;   ///< in the bands: the oracle price of x_down
  double traded = 0.0;    ///< in the bands: x, crvUSD that lies there already

  /// @brief crvUSD from one collateral that is spread evenly over the bands below p_up = 1.
  /// Formula   (1/N)·Σ √(p_up(n)·p_down(n)), p_down = p_up·(A − 1)/A = the next p_up
  [[nodiscard]] constexpr double bands_average() const noexcept {
    const double ratio = (amplification - 1.0) / amplification;
    double sum = 0.0, price = square_root(ratio);
    for (int n = 0; n < bands; ++n, price *= ratio) sum += price;
    return sum / static_cast<double>(bands);
  }
  /// The loan whose collateral has never been traded, with its uppermost band ending at `upper`.
  [[nodiscard]] constexpr crvusd untouched(double amount, double upper) const noexcept {
    crvusd position = *this;
    position.held = amount;
    position.p_up = upper;
    position.x_down = amount * upper * bands_average();
    position.in_bands = false;
    position.traded = position.read_at = 0.0;
    return position;
  }
  /// @brief How far the price is above the bands. Formula   p / p_up − 1; negative in soft liquidation
  [[nodiscard]] constexpr double distance_to_bands(double price) const noexcept { return price / p_up - 1.0; }
  /// @brief The debt that the controller lends at least on this collateral: its bands start below the price, by less
  /// than a whole one unless the AMM's own price lags behind the oracle's.
  [[nodiscard]] constexpr double max_debt(double amount, double price) const noexcept {
    return amount * price * lent_per_value();
  }
  /// @brief The health that the controller reports (`full`), signed. @return +inf without debt
  template <std::size_t N>
  constexpr double reported(const account<N>& a, oracle_prices<double> prices) const noexcept {
    const double band = prices[bands_slot].value;
    const double beyond = in_bands ? 0.0 : larger(0.0, prices[collateral_slot].value - p_up * band);
    const double value = x_down * liquidation_discount.complement() * band + beyond * held;
    const holding* owed = a.find(stablecoin);
    return health_factor(value, owed == nullptr ? 0.0 : owed->debt * prices[debt_slot].value) - 1.0;
  }

  /// @errors size_mismatch (a slot that only the edge reads); outside_validity: below the bands' upper edge, at another
  /// price than x_down was read at, or with other collateral than lies in the bands
  template <std::size_t N>
  constexpr errc holds_at(const account<N>& a, oracle_prices<double> prices) const noexcept {
    if (!prices.has({collateral_slot, bands_slot})) return errc::size_mismatch;
    const holding* h = a.find(collateral);
    if ((h == nullptr ? 0.0 : h->collateral) != held) return errc::outside_validity;
    const double price = prices[collateral_slot].value / prices[bands_slot].value;  // in crvUSD
    return (in_bands ? price == read_at : price >= p_up) ? errc::ok : errc::outside_validity;
  }
  /// The prices of the collateral, or of what the bands are worth, for which this form is the controller's.
  template <std::size_t N>
  constexpr price_range valid_prices(const account<N>&, oracle_prices<double> prices, price_slot slot) const noexcept {
    if (!prices.has({collateral_slot, bands_slot})) return {};
    if (slot == collateral_slot) {
      const double band = prices[bands_slot].value;
      return in_bands ? price_range{.low = read_at * band, .high = read_at * band} : price_range{.low = p_up * band};
    }
    if (!(slot == bands_slot)) return {};
    const double price = prices[collateral_slot].value;
    if (in_bands) return {.low = price / read_at, .high = price / read_at};
    return {.high = p_up > 0.0 ? price / p_up * (1.0 - 0x1p-50) : infinity};
  }

  /// @errors threshold_range (discounts outside 0 ≤ liquidation ≤ loan < 1), bad_configuration, asset_mismatch
  template <std::size_t N>
  constexpr errc validate(const account<N>& a) const noexcept {
    if (!(liquidation_discount.count >= 0.0 && liquidation_discount.count <= loan_discount.count &&
          loan_discount.count < 1e4))
      return errc::threshold_range;
    if (!(amplification > 1.0 && amplification < infinity) || bands < 1 || bands > 50) return errc::bad_configuration;
    for (const double amount : {held, x_down, p_up, read_at, traded})
      if (!(amount >= 0.0 && amount < infinity)) return errc::bad_configuration;
    if ((in_bands ? !(read_at > 0.0) : !(edge_gap(liquidation_discount) >= 0.0)) || collateral == stablecoin)
      return errc::bad_configuration;
    // Collateral above bands that nobody read would be healthy at any price.
    if (!in_bands && held > 0.0 && !(p_up > 0.0 && x_down > 0.0)) return errc::bad_configuration;
    return validate_pair(a, collateral, stablecoin);
  }

  template <Scalar S, std::size_t N>
  constexpr form<S, N> liquidation_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return at_discount<S>(a, liquidation_discount, 1.0);
  }
  template <Scalar S, std::size_t N>
  constexpr form<S, N> borrow_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return in_bands ? at_discount<S>(a, loan_discount, 1.0)
                    : at_discount<S>(a, liquidation_discount, 1.0 / lent_per_value());
  }
  template <std::size_t N>
  constexpr bool may_withdraw(const account<N>& a, asset_id) const noexcept {
    const holding* owed = a.find(stablecoin);
    return !in_bands || owed == nullptr || owed->debt <= 0.0;
  }
  template <std::size_t N>
  constexpr bool may_borrow(const account<N>&, asset_id asset) const noexcept {
    return asset == stablecoin && !in_bands;
  }
  [[nodiscard]] constexpr double minimum_debt(oracle_prices<double>) const noexcept { return 0.0; }
  [[nodiscard]] constexpr withdrawal_check withdrawal_checked_by() const noexcept {
    return withdrawal_check::borrow_form;
  }
  [[nodiscard]] constexpr boundary liquidation_boundary() const noexcept { return boundary::below_one; }

  /// What the bands hold over the debt: who pays the debt takes all of it. NaN without debt.
  template <std::size_t N>
  constexpr basis_points bonus(const account<N>& a, oracle_prices<double> prices, asset_id) const noexcept {
    const holding* owed = a.find(stablecoin);
    const double debt = owed == nullptr ? 0.0 : owed->debt * prices[debt_slot].value;
    const double value = held * prices[collateral_slot].value + traded * prices[bands_slot].value;
    return to_basis_points(value / debt - 1.0);
  }
  /// @brief The controller's (health + what is moved over) against the form, relative: its two quotients are truncated
  /// to 10⁻¹⁸ and the debt is rounded up; here sixteen roundings of 2⁻⁵³, and four of the terms that cancel in
  /// y·p_up − x_down·(1 − discount).
  template <std::size_t N>
  constexpr double rounding_bound(const account<N>& a, oracle_prices<double> prices) const noexcept {
    const auto f = liquidation_form<double>(a);
    const double owed = weighted_value(f.debt, prices);
    if (!(owed > 0.0)) return 0.0;
    const double cancelled = in_bands ? 0.0 : 4.0 * 0x1p-53 * (held * p_up + x_down) * prices[bands_slot].value / owed;
    return 2e-18 + 1e-18 / a.find(stablecoin)->debt + 16.0 * 0x1p-53 + cancelled;
  }

  /// @brief Share of the bands that a liquidator of this share of the debt may take, somewhat less unless it is all.
  /// Formula   f·((1 + d/2)/(1 + d)·(1 − f) + f), d the liquidation discount   @source Controller.vy _get_f_remove
  [[nodiscard]] constexpr double removed_share(double share) const noexcept {
    const double d = liquidation_discount.fraction();
    return share * ((1.0 + d / 2.0) / (1.0 + d) * (1.0 - share) + share);
  }
  /// @brief Hard liquidation, whole or in part. The same share of `traded` leaves the bands with the collateral and
  /// pays for that much of the debt. Nothing here writes off debt: a loan that is worth less stays.
  /// @errors asset_mismatch, negative_amount, not_finite (a NaN), outside_validity, not_liquidatable
  template <std::size_t N>
  constexpr result<liquidation_outcome> liquidate(const account<N>& a, oracle_prices<double> prices,
                                                  const liquidation_request& request) const noexcept {
    if (!(request.collateral == collateral) || !(request.debt == stablecoin)) return errc::asset_mismatch;
    if (!(request.repay > 0.0)) return errc::negative_amount;
    const double health = health_factor(liquidation_form<double>(a), prices);
    if (health != health) return errc::not_finite;  // before the piece, which nobody can tell then
    if (const errc e = holds_at(a, prices); e != errc::ok) return e;
    if (!liquidatable_at(liquidation_boundary(), health)) return errc::not_liquidatable;
    const double owed = a.find(stablecoin)->debt;
    if (!is_finite(owed)) return errc::not_finite;
    liquidation_outcome out;
    out.repaid = smaller(request.repay, owed);
    out.seized = held * removed_share(out.repaid / owed);
    out.debt_left = owed - out.repaid;
    out.collateral_left = held - out.seized;
    return out;
  }

private:
  [[nodiscard]] constexpr double edge_gap(basis_points discount) const noexcept {
    return held * p_up - x_down * discount.complement();
  }
  [[nodiscard]] constexpr double lent_per_value() const noexcept {
    return bands_average() * loan_discount.complement() * ((amplification - 1.0) / amplification);
  }
  template <Scalar S, std::size_t N>
  constexpr form<S, N> at_discount(const account<N>& a, basis_points discount, double debt_weight) const
      noexcept(std::floating_point<S>) {
    form<S, N> f;
    // In the bands the price counts for nothing, but one that is no number must not go unseen.
    if (const holding* h = a.find(collateral); h != nullptr)
      f.collateral.add({literal<S>(h->collateral), literal<S>(in_bands ? 0.0 : 1.0), collateral_slot, collateral});
    if (in_bands) f.collateral.add({literal<S>(x_down), literal<S>(discount.complement()), bands_slot, stablecoin});
    const holding* h = a.find(stablecoin);
    if (h == nullptr) return f;
    f.debt.add({literal<S>(h->debt), literal<S>(debt_weight), debt_slot, stablecoin});
    // Without debt there is no loan, and nothing is moved over. A NaN debt is not without.
    if (!in_bands && !(h->debt <= 0.0))
      f.debt.add({literal<S>(edge_gap(discount)), literal<S>(1.0), bands_slot, collateral});
    return f;
  }
};

}  // namespace trimtab::health
