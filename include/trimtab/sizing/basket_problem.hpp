// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/liquidity/concept.hpp>
#include <trimtab/sizing/problem.hpp>

#include <array>
#include <span>

namespace trimtab::sizing {

/// @brief One asset of a basket: a collateral that may be sold for the numeraire, or a debt that the numeraire may buy.
///
/// No venue: the asset is the numeraire itself, one for one. To trade through several pools, give their aggregate.
template <class V>
struct basket_leg {
  asset_id asset{};
  const V* venue = nullptr;   ///< collateral → numeraire, or numeraire → debt
  double most = infinity;     ///< to sell or to repay at most, whole tokens
  double minimum_left = 0.0;  ///< a debt: what remains is nothing, at least this, or untouched; whole tokens
  reserve_limits limits{};
};

/// What the protocol or the desk says about which legs go together.
struct basket_rules {
  bool one_collateral = false;        ///< sell a single collateral
  bool one_debt = false;              ///< repay a single debt
  bool collaterals_in_order = false;  ///< sell the next only when all that may be sold of those before it is sold
  bool debts_in_order = false;        ///< repay the next only when all that may be repaid of those before it is repaid
};

/// @brief Everything the basket sizer needs. What the account holds besides the legs counts, and is not touched.
///
/// Flash loans: `flash_debt` borrows the numeraire, `flash_collateral` each collateral sold.
template <class V, std::size_t N = 8>
struct basket_problem {
  form<double, N> liquidation{};
  form<double, N> borrow{};
  oracle_prices<double> prices{};
  std::span<const basket_leg<V>> sells{};
  std::span<const basket_leg<V>> buys{};
  basket_rules rules{};
  double numeraire_price = 1.0;       ///< base currency per token: itemises costs, turns gas into tokens
  reserve_limits numeraire_limits{};  ///< its flash loan
  sizing::funding funding{};
  gas_market gas{};
  double minimum_debt = 0.0;  ///< of the account, base currency
  withdrawal_check withdrawal = withdrawal_check::liquidation_form;
  double target = 1.25;  ///< health wanted
  bool urgent = false;   ///< cost ceilings do not bind
};

/// @errors capacity (more legs than N), asset_mismatch, duplicate_asset, not_finite, non_positive_price,
///         negative_amount, bad_configuration (a target not above 1, a premium below 0, a venue that pays later), and
///         what the venues say
template <class V, std::size_t N>
constexpr errc check(const basket_problem<V, N>& p) noexcept {
  if (p.sells.size() > N || p.buys.size() > N) return errc::capacity;
  if (p.sells.empty() || p.buys.empty()) return errc::asset_mismatch;
  if (const errc e = validate(p.liquidation, p.prices); e != errc::ok) return e;
  if (p.withdrawal == withdrawal_check::borrow_form)
    if (const errc e = validate(p.borrow, p.prices); e != errc::ok) return e;
  if (const errc e = validate(p.gas, p.prices); e != errc::ok) return e;
  if (!is_finite(p.target) || !is_finite(p.numeraire_price)) return errc::not_finite;
  if (!(p.numeraire_price > 0.0)) return errc::non_positive_price;
  const double premium = p.funding.premium.fraction();
  if (!(p.target > 1.0) || !(premium >= 0.0) || !is_finite(premium)) return errc::bad_configuration;
  if (!(p.minimum_debt >= 0.0)) return errc::negative_amount;
  for (const auto* side : {&p.liquidation.collateral, &p.liquidation.debt})
    for (const term<double>& t : *side) {
      if (!is_finite(t.amount) || !is_finite(t.weight)) return errc::not_finite;
      if (t.amount < 0.0 || t.weight < 0.0) return errc::negative_amount;
    }
  for (const bool selling : {true, false}) {
    const std::span<const basket_leg<V>> legs = selling ? p.sells : p.buys;
    const terms<double, N>& side = selling ? p.liquidation.collateral : p.liquidation.debt;
    for (std::size_t i = 0; i < legs.size(); ++i) {
      const basket_leg<V>& leg = legs[i];
      if (side.find(leg.asset) == nullptr) return errc::asset_mismatch;
      for (std::size_t k = 0; k < i; ++k)
        if (legs[k].asset == leg.asset) return errc::duplicate_asset;
      if (!(leg.most >= 0.0) || !(leg.minimum_left >= 0.0)) return errc::negative_amount;
      if (const errc e = validate(std::span(&leg.limits, 1)); e != errc::ok) return e;
      if (leg.venue == nullptr) continue;
      if (const errc e = leg.venue->validate(); e != errc::ok) return e;
      if (delay_of(*leg.venue) > seconds::zero()) return errc::bad_configuration;
    }
  }
  return errc::ok;
}

/// What one leg does.
struct basket_trade {
  asset_id asset{};
  double in = 0.0;              ///< into the venue: the collateral, or the numeraire
  double out = 0.0;             ///< out of it: the numeraire, or the debt repaid
  double change = 0.0;          ///< of the account's holding, premium included; ≤ 0
  double price_before = 0.0;    ///< the venue's first marginal price, out per in
  double price_after = 0.0;     ///< its last
  double price_limit = 0.0;     ///< the marginal price at which one more unit is no longer worth its cost
  double cost = 0.0;            ///< of this leg against oracle prices, base currency, without loan and gas
  limit binding = limit::none;  ///< what keeps it from being larger; `depth`: its price
};

/// @brief A basket's answer: trades, costs and certificate, or why there are none.
///
/// Out of reach (`errc::infeasible`) the trades are those of the best health, if they help at all.
template <std::size_t N>
struct basket_sized {
  errc status = errc::bad_configuration;
  limit binding = limit::none;
  std::array<basket_trade, N> sells{};
  std::array<basket_trade, N> buys{};
  double health_before = infinity;
  double health_after = infinity;
  double best_health = 0.0;      ///< out of reach: the highest these venues can give; reached: health after the trades
  double urgency = 0.0;          ///< t in [0, 1]: 0 nothing is given up for health, 1 the last that helps
  double numeraire_value = 0.0;  ///< (1 − t)·μ: what a numeraire token is worth in the trades, base currency
  double proceeds = 0.0;         ///< numeraire from all sales
  double spent = 0.0;            ///< numeraire into debts
  double flash = 0.0;            ///< numeraire borrowed, when it is
  double flash_premium = 0.0;    ///< base currency
  double gas_in_kind = 0.0;      ///< numeraire
  double left = 0.0;             ///< numeraire nobody needs
  sizing::cost cost{};
  double bound = 0.0;        ///< no basket within the rules costs less, base currency
  double kkt = infinity;     ///< largest relative distance of a marginal price from its limit
  double shortfall = 0.0;    ///< out of reach: weighted collateral missing at best, base currency
  std::size_t searched = 0;  ///< one-parameter problems solved
  bool exhaustive = true;    ///< every combination the rules allow was looked at or excluded by its bound

  [[nodiscard]] constexpr bool has_value() const noexcept { return status == errc::ok; }
  /// What a better basket could save at most, base currency; a rounding of the amounts traded when this one is optimal.
  [[nodiscard]] constexpr double gap() const noexcept { return cost.total() - bound; }
};

}  // namespace trimtab::sizing
