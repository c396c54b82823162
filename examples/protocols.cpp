// SPDX-License-Identifier: MIT
// One position, 10 ETH against 12,000 dollars with ETH at 2,000, in every protocol: how healthy it is, what may still
// be borrowed, how far ETH may fall, and what one liquidation takes when ETH stands 2 % below that point. Maker and
// Compound take everything (an auction, and a credit, give the rest back). crvUSD begins to sell inside its bands, from
// 1,500 down, before it would liquidate: the form ends there, and a keeper reads the AMM again.
#include <trimtab/trimtab.hpp>

#include <cstdio>

using namespace trimtab;
using namespace trimtab::health;

constexpr asset_id eth{0}, usd{1}, margin{2};
constexpr price_slot eth_slot{0}, usd_slot{1}, safe_slot{2}, bands_slot{3};

account<> position(double held, double owed) {
  account<> a;
  static_cast<void>(a.add({.asset = eth, .collateral = held}));
  static_cast<void>(a.add({.asset = usd, .debt = owed}));
  return a;
}

// A model that is built for a piece of its prices, or for a state of the system, is built again for these.
template <class M>
M for_these(const M& model, const account<>& a, oracle_prices<double> prices) {
  if constexpr (requires { model.at(a, prices); }) {
    return model.at(a, prices);
  } else {
    return model;
  }
}

template <Liquidatable M>
void tell(const char* name, const M& unbuilt, const account<>& a = position(10.0, 12'000.0)) {
  const double now[] = {2000.0, 1.0, 2000.0, 1.0};
  const oracle_prices<double> prices(now);
  const M model = for_these(unbuilt, a, prices);
  if (const errc e = validate(model, a, prices); e != errc::ok) {
    std::printf("%-22s refused: %s\n", name, trimtab::name(e));
    return;
  }
  std::printf("%-22s %6.4f", name, health_factor(model.template liquidation_form<double>(a), prices));
  const auto room = critical_debt(model.template borrow_form<double>(a), prices, usd, model.liquidation_boundary());
  std::printf(" %9.2f", room.status == critical_status::reached ? room.amount : 0.0);
  const auto point = liquidation_price(model, a, prices, eth_slot);
  if (!point.has_value()) {
    std::printf(" %9s\n", trimtab::name(point.error()));
    return;
  }
  std::printf(" %9.2f %6.1f %%", point->price, 100.0 * point->move);

  const double price = 0.98 * point->price, then[] = {price, 1.0, price, 1.0};
  const oracle_prices<double> fallen(then);
  const auto outcome = for_these(model, a, fallen).liquidate(a, fallen, {.debt = usd, .collateral = eth});
  if (outcome.has_value()) {
    std::printf(" %9.2f %8.4f %8.4f\n", outcome->repaid, outcome->seized, outcome->collateral_left);
  } else {
    std::printf("   %s\n", trimtab::name(outcome.error()));
  }
}

int main() {
  std::printf("%-22s %6s %9s %9s %8s %9s %8s %8s\n", "", "health", "may draw", "liq. at", "from now", "repaid",
              "seized", "kept");

  const aave_v3_reserve aave[] = {{.asset = eth,
                                   .collateral_slot = eth_slot,
                                   .debt_slot = eth_slot,
                                   .ltv = 8050_bps,
                                   .threshold = 8300_bps,
                                   .bonus = 500_bps,
                                   .protocol_fee = 1000_bps},
                                  {.asset = usd,
                                   .collateral_slot = usd_slot,
                                   .debt_slot = usd_slot,
                                   .ltv = 7500_bps,
                                   .threshold = 7800_bps,
                                   .bonus = 450_bps,
                                   .protocol_fee = 1000_bps}};
  tell("Aave v3.2", aave_v3{.reserves = aave, .release = aave_v3_release::v3_2});
  tell("Aave v3.7", aave_v3{.reserves = aave});
  tell("Spark", spark(aave, spark_average::exact));

  const aave_v4_reserve spoke[] = {{.asset = eth, .collateral_slot = eth_slot, .debt_slot = eth_slot, .latest_key = 1},
                                   {.asset = usd, .collateral_slot = usd_slot, .debt_slot = usd_slot, .latest_key = 1}};
  const aave_v4_config configs[] = {{.asset = eth, .key = 1, .collateral_factor = 8300_bps, .max_bonus = 600_bps},
                                    {.asset = usd, .key = 1, .collateral_factor = 7800_bps, .max_bonus = 500_bps}};
  const aave_v4_key keys[] = {{eth, 1}};
  tell("Aave V4", aave_v4{.reserves = spoke,
                          .configs = configs,
                          .keys = keys,
                          .liquidation = {.target_health = 1.05, .bonus_factor = 5000_bps}});

  const compound_v3_asset comet[] = {{.asset = eth,
                                      .slot = eth_slot,
                                      .borrow_factor = 8300_bps,
                                      .liquidate_factor = 9000_bps,
                                      .liquidation_factor = 9500_bps}};
  tell("Compound V3", compound_v3{.base = usd, .base_slot = usd_slot, .assets = comet});

  const morpho_blue market{
      .collateral = eth, .loan = usd, .collateral_slot = eth_slot, .loan_slot = usd_slot, .lltv = 8600_bps};
  tell("Morpho Blue", market);
  tell("Morpho pre-liquidation", morpho_pre_liquidation{.market = market,
                                                        .oracle_slot = eth_slot,
                                                        .threshold = 8000_bps,
                                                        .close_factor_start = 1000_bps,
                                                        .close_factor_end = 5000_bps,
                                                        .bonus_start = 100_bps,
                                                        .bonus_end = 400_bps});

  tell("Maker",
       maker{.collateral = eth, .dai = usd, .price = eth_slot, .next_price = eth_slot, .par = usd_slot, .mat = 1.45});
  tell("Liquity v1", liquity_v1{.collateral = eth,
                                .lusd = usd,
                                .collateral_slot = eth_slot,
                                .lusd_slot = usd_slot,
                                .system_collateral = 1e5,
                                .system_debt = 8e7,
                                .stability_pool = 2e7});
  tell("Liquity v2", liquity_v2{.collateral = eth,
                                .bold = usd,
                                .collateral_slot = eth_slot,
                                .bold_slot = usd_slot,
                                .branch_collateral = 1e5,
                                .branch_debt = 8e7,
                                .stability_pool = 2e7});

  const euler_v2_collateral euler[] = {{.asset = eth,
                                        .bid_slot = eth_slot,
                                        .mid_slot = eth_slot,
                                        .borrow_ltv = 8300_bps,
                                        .liquidation_ltv = {.target = 8500_bps}}};
  tell(
      "Euler V2",
      euler_v2{.collaterals = euler, .liability = usd, .liability_mid_slot = usd_slot, .liability_ask_slot = usd_slot});

  const kamino_reserve klend[] = {{.asset = eth,
                                   .slot = eth_slot,
                                   .loan_to_value = 7500_bps,
                                   .threshold = 8000_bps,
                                   .minimum_bonus = 200_bps,
                                   .maximum_bonus = 1000_bps},
                                  {.asset = usd,
                                   .slot = usd_slot,
                                   .loan_to_value = 7500_bps,
                                   .threshold = 8000_bps,
                                   .minimum_bonus = 200_bps,
                                   .maximum_bonus = 1000_bps}};
  tell("Kamino", kamino{.reserves = klend});

  const gearbox_v3_token gear[] = {{.asset = eth,
                                    .slot = eth_slot,
                                    .safe_slot = safe_slot,
                                    .has_reserve = true,
                                    .threshold = 8700_bps,
                                    .quota = 30'000.0}};
  tell("Gearbox V3", gearbox_v3{.underlying = usd,
                                .underlying_slot = usd_slot,
                                .underlying_safe_slot = usd_slot,
                                .debt_slot = usd_slot,
                                .underlying_threshold = 9400_bps,
                                .tokens = gear});

  tell("Fluid", fluid_t1{.collateral = eth,
                         .debt = usd,
                         .operate_slot = eth_slot,
                         .liquidate_slot = eth_slot,
                         .debt_slot = usd_slot,
                         .collateral_factor = 8500_bps,
                         .threshold = 9000_bps,
                         .maximum_limit = 9500_bps,
                         .penalty = 200_bps});

  const crvusd loan{.collateral = eth,
                    .stablecoin = usd,
                    .collateral_slot = eth_slot,
                    .debt_slot = usd_slot,
                    .bands_slot = bands_slot};
  tell("crvUSD", loan.untouched(10.0, 1500.0));

  // The same as a perpetual: long 10 ETH from 2,000 on, with 8,000 dollars of margin.
  const hyperliquid_tier tiers[] = {{.from_notional = 0.0, .maintenance = 200_bps}};
  const hyperliquid_market perps[] = {{.index = eth, .slot = eth_slot, .tiers = tiers, .initial_margin = 1000_bps}};
  tell("Hyperliquid", hyperliquid{.quote = usd, .quote_slot = usd_slot, .markets = perps});

  account<> with_margin;
  static_cast<void>(with_margin.add({.asset = margin, .collateral = 8000.0}));
  static_cast<void>(open_long(with_margin, {.index = eth, .quote = usd, .tokens = 10.0, .price = 2000.0}));
  tell("GMX V2",
       gmx_v2{.margin = margin,
              .index = eth,
              .usd = usd,
              .margin_min_slot = usd_slot,
              .index_min_slot = eth_slot,
              .index_max_slot = eth_slot,
              .usd_slot = usd_slot,
              .liquidation_factor = 100_bps,
              .opening_factor = 100_bps},
       with_margin);
}
