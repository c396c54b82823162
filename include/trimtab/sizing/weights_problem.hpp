// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/basket_problem.hpp>
#include <trimtab/sizing/capped_weights.hpp>

namespace trimtab::sizing {

/// @brief One asset of a basket of collaterals with wanted weights, and where it can be sold and bought.
///
/// No venue: not to be had that way. The numeraire itself needs none. Two assets with a pool of their own are each
/// other's venue through it: put the pool's path to and from the numeraire here.
template <class V>
struct weight_leg {
  asset_id asset{};
  bool numeraire = false;
  const V* sell = nullptr;  ///< asset → numeraire
  const V* buy = nullptr;   ///< numeraire → asset
  double weight = 0.0;      ///< wanted share of the basket's value; of all together, whatever their sum
  double cap = 1.0;         ///< share at most
  double band = 0.0;        ///< a share this far from the wanted one is near enough
};

/// @brief A basket that is to have given weights.
///
/// Its value is that of the listed assets at oracle prices, after the trades: what trading costs, the basket loses. Gas
/// comes from the tank and is counted in the cost only.
template <class V, std::size_t N = 8>
struct weights_problem {
  form<double, N> liquidation{};
  oracle_prices<double> prices{};
  std::span<const weight_leg<V>> legs{};
  std::span<const feed_cap> feeds{};
  double numeraire_price = 1.0;  ///< base currency per token
  sizing::funding funding{};  ///< `none`: sold before it buys; `flash_debt`: the numeraire is borrowed, buys come first
  gas_market gas{};
  double health_floor = 1.0;  ///< health after the trades; without a loan also before the first purchase
  bool to_the_edge = true;    ///< trade to the edge of the band, the cheapest way; else to the wanted weights
};

/// @brief The trades that bring a basket to its weights, or why there are none.
template <std::size_t N>
struct weights_sized {
  errc status = errc::bad_configuration;
  limit binding = limit::none;
  std::array<double, N> wanted{};       ///< weights within the caps
  std::array<double, N> before{};       ///< weights that were
  std::array<double, N> after{};        ///< weights that will be
  std::array<basket_trade, N> sells{};  ///< by leg
  std::array<basket_trade, N> buys{};
  double value_before = 0.0;  ///< of the basket, base currency
  double value_after = 0.0;
  double health_before = infinity;
  double health_between = infinity;  ///< all sold, nothing bought
  double health_after = infinity;
  double flash = 0.0;            ///< numeraire
  double numeraire_value = 0.0;  ///< what a numeraire token is worth in the trades, base currency
  sizing::cost cost{};
  double bound = 0.0;     ///< no trades to the same weights of the same value cost less, base currency
  double kkt = infinity;  ///< largest relative distance of a marginal price from its limit
  double outside = 0.0;   ///< how far a weight is outside its band, at most
  double unspent = 0.0;   ///< numeraire that found no use: rounding

  [[nodiscard]] constexpr bool has_value() const noexcept { return status == errc::ok; }
  [[nodiscard]] constexpr double gap() const noexcept { return cost.total() - bound; }
};

/// @errors capacity, asset_mismatch, duplicate_asset, not_finite, non_positive_price, negative_amount,
///         bad_configuration (gas from the proceeds, a loan of collateral, a second numeraire or one with another
///         price, a premium below 0, a
///         venue that pays later), and what the venues say
template <class V, std::size_t N>
constexpr errc check(const weights_problem<V, N>& p) noexcept {
  if (p.legs.size() > N) return errc::capacity;
  if (p.legs.empty()) return errc::asset_mismatch;
  if (const errc e = validate(p.liquidation, p.prices); e != errc::ok) return e;
  if (const errc e = validate(p.gas, p.prices); e != errc::ok) return e;
  if (!is_finite(p.numeraire_price)) return errc::not_finite;
  if (!(p.numeraire_price > 0.0)) return errc::non_positive_price;
  const double premium = p.funding.premium.fraction();
  if (!(premium >= 0.0) || !is_finite(premium) || !(p.health_floor >= 1.0)) return errc::bad_configuration;
  if (p.funding.mode == funding_mode::flash_collateral || p.gas.paid_from == gas_payer::proceeds)
    return errc::bad_configuration;
  std::size_t numeraires = 0;
  for (std::size_t i = 0; i < p.legs.size(); ++i) {
    const weight_leg<V>& leg = p.legs[i];
    const term<double>* t = p.liquidation.collateral.find(leg.asset);
    if (t == nullptr) return errc::asset_mismatch;
    if (!is_finite(t->amount) || !is_finite(t->weight)) return errc::not_finite;
    if (t->amount < 0.0 || t->weight < 0.0 || !(leg.band >= 0.0)) return errc::negative_amount;
    for (std::size_t k = 0; k < i; ++k)
      if (p.legs[k].asset == leg.asset) return errc::duplicate_asset;
    if (leg.numeraire && (++numeraires > 1 || p.prices[t->slot].value != p.numeraire_price))
      return errc::bad_configuration;
    for (const V* venue : {leg.sell, leg.buy}) {
      if (venue == nullptr) continue;
      if (const errc e = venue->validate(); e != errc::ok) return e;
      if (delay_of(*venue) > seconds::zero()) return errc::bad_configuration;
    }
  }
  return errc::ok;
}

}  // namespace trimtab::sizing
