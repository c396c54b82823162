// SPDX-License-Identifier: MIT
// The example of the README: ETH against USDC on one Morpho Blue market, after ETH fell from 2,200 to 1,950.
#include <trimtab/trimtab.hpp>

#include <cstdio>

using namespace trimtab;
using namespace std::chrono_literals;

constexpr asset_id eth{0}, usdc{1};

constexpr policy keep_safe{
    health::morpho_blue{.collateral = eth, .loan = usdc, .collateral_slot = {0}, .loan_slot = {1}, .lltv = 8600_bps},
    oracle::all_of{oracle::max_age{.reference = 30s}, oracle::max_deviation{.limit = 100_bps}},
    trigger::all_of{trigger::drift_band{.lower = 1.15, .target = 1.25, .emergency = 1.05}, trigger::cooldown{10min}},
    sizing::restore_target{.max_slippage = 200_bps},
};

int main() {
  const double prices[] = {1950.0, 1.0};  // the protocol's oracle, by slot
  const feed feeds[] = {{.protocol_at = at_unix(1000), .reference = {.price = 1951.2, .at = at_unix(1010)}}};
  snapshot<liquidity::constant_product> now{.now = at_unix(1012), .prices = oracle_prices(prices), .feeds = feeds};
  now.account.add({.asset = eth, .collateral = 10.0});
  now.account.add({.asset = usdc, .debt = 15'000.0});
  now.sell = {.in = eth, .out = usdc, .venue = {.reserve_in = 2000.0, .reserve_out = 3.9e6}, .out_decimals = 6};

  const auto decision = keep_safe({}, now);
  char words[256];
  std::puts(explain(decision, words).data());

  const auto steps = keep_safe.plan_for(decision, now);
  for (const step& s : *steps) {
    const double tokens = s.amount.to_tokens(steps->decimals(s.asset));
    std::printf("  %-12s %s ", name(s.what), s.asset == eth ? "ETH " : "USDC");
    s.meant == quantity::all_held ? std::puts("all there is") : std::printf("%.6f\n", tokens);
  }
  return decision.verdict == verdict::rebalance && steps.has_value() ? 0 : 1;
}
