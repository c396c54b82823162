// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/change.hpp>
#include <trimtab/sizing/problem.hpp>

#include <array>
#include <limits>

namespace trimtab::sizing {

/// What can be done about an account, besides waiting.
enum class remedy_kind : std::uint8_t {
  none,
  sell,               ///< collateral for debt: a sizer's trade
  repay_from_wallet,  ///< debt, with the owner's own tokens
  top_up,             ///< more collateral, out of a reserve
  withdraw_surplus,   ///< collateral that the target does not need
  borrow_out,         ///< debt that the target leaves room for
  swap_collateral,    ///< one collateral for another that counts for more
  swap_debt,          ///< one debt for another that counts for less
  switch_emode,       ///< the same holdings under another category's thresholds
  close_position,     ///< everything repaid, the rest handed out
};

/// The enumerator's own spelling, for logs.
constexpr const char* name(remedy_kind k) noexcept {
  constexpr const char* names[] = {
      "none",      "sell",         "repay_from_wallet", "top_up", "withdraw_surplus", "borrow_out", "swap_collateral",
      "swap_debt", "switch_emode", "close_position"};
  return names[static_cast<std::size_t>(k)];
}

/// @brief One remedy: how much moves, whether it may, what health it leaves, what it costs. Whole tokens.
///
/// With `ok` it does all that was asked. With `infeasible`, or a sizer's `no_convergence`, the amounts are those that
/// come closest, if any help, and `binding` says what keeps them from being larger. Any other status moves nothing.
/// What is repaid or supplied is to be rounded up to a token's units, what is withdrawn or borrowed down.
struct remedy {
  remedy_kind kind = remedy_kind::none;
  errc status = errc::bad_configuration;
  limit binding = limit::none;
  asset_id asset{};         ///< what moves: repaid, supplied, withdrawn, borrowed, or put into a venue
  asset_id into{};          ///< what a venue gives for it
  double amount = 0.0;      ///< of `asset`
  double amount_out = 0.0;  ///< of `into`, at the venue as seen
  double min_out = 0.0;     ///< less than this and everything is undone
  double flash = 0.0;       ///< flash-borrowed, in the asset of the funding mode
  double flash_premium = 0.0;
  double gas_in_kind = 0.0;                       ///< handed to whoever sends it; 0 when the tank pays
  double left_collateral = 0.0, left_debt = 0.0;  ///< handed to the owner, in the pair's two assets
  double funds = 0.0;                             ///< base currency taken from the owner's wallet
  std::array<change, 2> changes{};                ///< to the account
  double health_before = 0.0;  ///< the healths are 0 where nobody could read the account: never safe by default
  double health_after = 0.0;
  double health_at_min_out = 0.0;
  double borrow_health_after = 0.0;  ///< of the borrow form
  sizing::cost cost{};

  [[nodiscard]] constexpr bool has_value() const noexcept { return status == errc::ok; }
};

/// The form as a remedy leaves it.
template <std::size_t N>
constexpr form<double, N> after(const form<double, N>& f, const remedy& r) noexcept {
  return trimtab::after(trimtab::after(f, r.changes[0]), r.changes[1]);
}

/// @brief A sizer's answer among the other remedies. @param borrow  the account's form before the trade
template <std::size_t N>
constexpr remedy as_remedy(const sized& s, const form<double, N>& borrow, oracle_prices<double> prices) noexcept {
  const trade& t = s.trade;
  remedy r{.kind = remedy_kind::sell, .status = s.status, .binding = s.binding};
  r.asset = t.collateral, r.into = t.debt;
  r.amount = t.sold, r.amount_out = t.expected_out, r.min_out = t.min_out;
  r.flash = t.flash, r.flash_premium = t.flash_premium, r.gas_in_kind = t.gas_in_kind;
  r.changes[0] = {t.collateral, t.collateral_change, t.debt, t.debt_change};
  r.health_before = t.health_before, r.health_after = t.health_after, r.health_at_min_out = t.health_at_min_out;
  if (t.towards == direction::none)  // no trade; and where the problem was unsound, not even a health
    r.health_before = r.health_after = r.health_at_min_out = s.best_health > 0.0 ? t.health_before : 0.0;
  if (r.health_before > 0.0) r.borrow_health_after = health_factor(after(borrow, r), prices);
  r.cost = t.cost;
  return r;
}

/// @brief What every remedy asks of the account before it computes; no venue is needed, and none is looked at.
/// @errors those of the forms (size_mismatch, not_finite, non_positive_price) and of limits and gas; negative_amount (a
/// balance, weight or minimum debt), bad_configuration (a target not above 1)
template <class V, std::size_t N>
constexpr errc check_account(const problem<V, N>& p) noexcept {
  for (const form<double, N>* f : {&p.liquidation, &p.borrow}) {
    if (const errc bad = validate(*f, p.prices); bad != errc::ok) return bad;
    for (const terms<double, N>* side : {&f->collateral, &f->debt})
      for (const term<double>& t : *side) {
        if (!is_finite(t.amount) || !is_finite(t.weight)) return errc::not_finite;
        if (t.amount < 0.0 || t.weight < 0.0) return errc::negative_amount;
      }
    if (!is_finite(weighted_value(f->collateral, p.prices)) || !is_finite(weighted_value(f->debt, p.prices)))
      return errc::not_finite;
  }
  const reserve_limits both[] = {p.collateral_limits, p.debt_limits};
  if (const errc bad = validate(std::span<const reserve_limits>(both)); bad != errc::ok) return bad;
  if (const errc bad = validate(p.gas, p.prices); bad != errc::ok) return bad;
  if (!(p.minimum_debt >= 0.0) || !(p.collateral_unit >= 0.0) || !(p.debt_unit >= 0.0)) return errc::negative_amount;
  if (!is_finite(p.target)) return errc::not_finite;
  return p.target > 1.0 && p.funding.premium.count >= 0.0 ? errc::ok : errc::bad_configuration;
}

namespace detail {

/// Refuses a remedy: nothing moves.
constexpr remedy refused(remedy r, errc why, limit binding = limit::none) noexcept {
  remedy none{.kind = r.kind, .status = why, .binding = binding, .asset = r.asset, .into = r.into};
  none.health_before = none.health_after = none.health_at_min_out = r.health_before;
  return none;
}

/// An account read once, and what all remedies do with it.
template <class V, std::size_t N>
struct account_reading {
  const problem<V, N>& p;
  double collateral_value, debt_value;  // C, D of the liquidation form

  constexpr explicit account_reading(const problem<V, N>& of) noexcept
      : p(of),
        collateral_value(weighted_value(of.liquidation.collateral, of.prices)),
        debt_value(weighted_value(of.liquidation.debt, of.prices)) {}

  [[nodiscard]] constexpr double health() const noexcept { return health_factor(collateral_value, debt_value); }
  /// Weight times price of an asset on one side of a form; 0 where the side does not list it.
  [[nodiscard]] constexpr double weighted_price(const terms<double, N>& side, asset_id asset) const noexcept {
    const term<double>* t = side.find(asset);
    return t == nullptr ? 0.0 : t->weight * p.prices[t->slot].value;
  }
  [[nodiscard]] constexpr double price(const terms<double, N>& side, asset_id asset) const noexcept {
    const term<double>* t = side.find(asset);
    return t == nullptr ? 0.0 : p.prices[t->slot].value;
  }
  /// Gas of the transaction in tokens of this price; 0 when the tank pays.
  [[nodiscard]] constexpr double gas_in_kind(double venue_gas, double token_price) const noexcept {
    return p.gas.paid_from == gas_payer::proceeds ? p.gas.fee_base(venue_gas, p.prices) / token_price : 0.0;
  }
  /// Reads back the healths that the remedy's changes leave.
  constexpr void read_back(remedy& r) const noexcept {
    r.health_before = health();
    r.health_after = health_factor(after(p.liquidation, r), p.prices);
    r.health_at_min_out = r.health_after;
    r.borrow_health_after = health_factor(after(p.borrow, r), p.prices);
  }
  /// Whether a remedy leaves a debt that is neither nothing nor enough.
  [[nodiscard]] constexpr bool leaves_dust(const remedy& r) const noexcept {
    const double left = owed_value(after(p.liquidation, r).debt, p.prices);
    return left > 0.0 && left < p.minimum_debt;
  }
};

/// A few ulps of both sides of the health inequality, in base currency: what reading a health back may lose.
constexpr double rounding_of(double collateral_value, double scaled_debt_value) noexcept {
  return 6.0 * std::numeric_limits<double>::epsilon() * (collateral_value + scaled_debt_value);
}

/// @brief Fills in a remedy at a size, and at a few ulps more of it as long as that does not read at the target.
/// @return whether it does in the end. @param fill  makes the remedy of a size, health read back
template <class F>
constexpr bool raise_to_target(remedy& r, double target, double size, double step, double most, F&& fill) noexcept {
  for (int attempt = 0; attempt < 4; ++attempt, step *= 2.0) {
    fill(size = smaller(size + step, most));
    if (r.health_after >= target) return true;
  }
  return false;
}

/// @brief Fills in a remedy at a size, and at a few ulps less of it as long as the account would not stand it.
/// @return whether it does in the end. @param stands  makes the remedy of a size and says so
template <class F>
constexpr bool lower_until(double size, double step, F&& stands) noexcept {
  for (int attempt = 0; attempt < 6 && size > 0.0; ++attempt, step *= 2.0) {
    if (stands(size)) return true;
    size = larger(0.0, size - step);
  }
  return false;
}

}  // namespace detail

}  // namespace trimtab::sizing
