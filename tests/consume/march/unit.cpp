// SPDX-License-Identifier: MIT
// Compiled twice, with UNIT = baseline and UNIT = native: one decision at one price, boiled down to a number.
#include <trimtab/trimtab.hpp>

using namespace trimtab;
using namespace std::chrono_literals;

double UNIT(double price) {
  constexpr asset_id eth{0}, usdc{1};
  constexpr policy keep_safe{
      health::morpho_blue{.collateral = eth, .loan = usdc, .collateral_slot = {0}, .loan_slot = {1}, .lltv = 8600_bps},
      oracle::max_age{.reference = 30s}, trigger::drift_band{.lower = 1.15, .target = 1.25, .emergency = 1.05},
      sizing::restore_target{.max_slippage = 200_bps}};
  const double prices[] = {price, 1.0};
  const feed feeds[] = {{.protocol_at = at_unix(1000), .reference = {.price = price, .at = at_unix(1010)}}};
  snapshot<liquidity::constant_product> now{.now = at_unix(1012), .prices = oracle_prices(prices), .feeds = feeds};
  now.account.add({.asset = eth, .collateral = 10.0});
  now.account.add({.asset = usdc, .debt = 15'000.0});
  now.sell = {.in = eth, .out = usdc, .venue = {.reserve_in = 2000.0, .reserve_out = 3.9e6}, .out_decimals = 6};
  const auto decision = keep_safe({}, now);
  return decision.health + decision.trade.sold;
}
