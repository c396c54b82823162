// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/morpho_blue.hpp>
#include <trimtab/liquidity/build_supply_curve.hpp>
#include <trimtab/oracle/all_of.hpp>
#include <trimtab/oracle/max_age.hpp>
#include <trimtab/oracle/max_rate_of_change.hpp>
#include <trimtab/record/incident.hpp>
#include <trimtab/record/models.hpp>
#include <trimtab/record/parts.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include "record/recorded.hpp"
#include <array>
#include <string>
#include <vector>

namespace {

using namespace trimtab;
using namespace trimtab::record;
using recorded::text_of;

constexpr asset_id weth{1}, usdc{2};
constexpr health::morpho_blue market{.collateral = weth,
                                     .loan = usdc,
                                     .collateral_slot = {0},
                                     .loan_slot = {1},
                                     .lltv = basis_points{8600.0},
                                     .loan_decimals = 6};
constexpr policy keeper{market, oracle::all_of{oracle::max_age{}, oracle::max_rate_of_change{}},
                        trigger::all_of{trigger::drift_band{.upper = 1.5, .emergency = 1.05}, trigger::cooldown{}},
                        sizing::both_ways{sizing::in_chunks{sizing::restore_target{}}, sizing::leverage_up{}}};
using state = decltype(keeper)::state_type;

// The n-th look, and what it points to.
template <class V>
struct looked_at {
  std::array<double, 3> prices{};
  std::array<feed, 1> feeds{};
  std::array<observation, 2> others{};
  std::array<reserve_limits, 1> reserves{};
  snapshot<V> s{};

  looked_at(const simulate::counter_random& random, std::uint64_t n, const V& sell, const V& buy) {
    const double u = random.uniform(4 * n), v = random.uniform(4 * n + 1);
    s.now = at_unix(1'700'000'000 + 60 * static_cast<long long>(n));
    prices = {2000.0 * (0.9 + 0.2 * u), 1.0, 2000.0};
    others = {{{prices[0], s.now}, {prices[0] * 1.001, s.now}}};
    feeds = {{{.protocol_at = s.now, .reference = {prices[0] * (n % 7 == 0 ? 1.2 : 1.0), s.now}, .others = others}}};
    reserves = {{{.asset = usdc, .borrow_room = 1e6 * v}}};
    s.account.add({.asset = weth, .collateral = 10.0});
    s.account.add({.asset = usdc, .debt = 13'000.0 + 3000.0 * v});
    s.prices = oracle_prices<double>{std::span<const double>{prices}};
    s.feeds = feeds;
    s.reserves = reserves;
    s.sell = {.in = weth, .out = usdc, .venue = sell, .out_decimals = 6};
    s.buy = {.in = usdc, .out = weth, .venue = buy, .in_decimals = 6};
    s.gas = {.transaction_gas = 4e5, .price_native = 1e-8 * u, .native = price_slot{2}};
  }
};

// A run with receipts; every decision is written down, read into an empty incident, and decided again.
template <class V>
void run(const V& sell, const V& buy, std::uint64_t seed) {
  const simulate::counter_random random{.seed = seed};
  state now{};
  std::array<std::size_t, 3> verdicts{};
  std::vector<char> scratch(1 << 15);
  for (std::uint64_t n = 0; n < 200; ++n) {
    const looked_at look(random, n, sell, buy);
    const incident seen{keeper, now, look.s};
    const std::string text = text_of("incident", seen);
    incident<std::remove_const_t<decltype(keeper)>, snapshot<V>> read{keeper};
    read.policy.execution.wait = seconds{1};  // what is read replaces all there was
    read.policy.trigger =
        decltype(read.policy.trigger){trigger::drift_band{.lower = 1.01}, trigger::cooldown{seconds{1}}};
    std::vector<std::byte> memory(text.size());
    const auto e = from_text(text, "incident", read, memory);
    ASSERT_TRUE(e.ok()) << name(e.why) << " in line " << e.line;
    ASSERT_EQ(text_of("incident", read), text);
    const auto again = replay(read, scratch);
    ASSERT_TRUE(again.has_value());
    ASSERT_TRUE(again->same) << again->recorded << " | " << again->now;
    // Not through the text: the decision itself.
    const auto direct = read.policy(read.state, read.snapshot);
    ASSERT_EQ(direct.verdict, seen.decision.verdict);
    ASSERT_EQ(direct.reason, seen.decision.reason);
    ASSERT_EQ(direct.trade.sold, seen.decision.trade.sold);
    ASSERT_EQ(direct.trade.min_out, seen.decision.trade.min_out);
    ASSERT_EQ(direct.state.last_look, seen.decision.state.last_look);
    ++verdicts[static_cast<std::size_t>(direct.verdict)];
    now = seen.decision.state;
    if (seen.decision.verdict == verdict::rebalance) {
      now = keeper.on_receipt(now, {receipt_kind::sent, seen.decision.nonce, look.s.now});
      if (n % 3 != 0)
        now = keeper.on_receipt(
            now, {n % 3 == 1 ? receipt_kind::filled : receipt_kind::reverted, seen.decision.nonce, look.s.now});
    }
  }
  for (const std::size_t count : verdicts) EXPECT_GT(count, 0U) << "of every verdict some";
}

TEST(Incident, IsReadBackAndDecidedAgainBitForBit) {
  const liquidity::constant_product pool{.reserve_in = 1000.0, .reserve_out = 2e6};
  run(pool, pool.reversed(), 1);
}

TEST(Incident, WithACurveOfSeveralVenues) {
  using pool = liquidity::constant_product;
  const std::array<pool, 3> pools{
      {{.reserve_in = 500.0, .reserve_out = 1e6},
       {.reserve_in = 300.0, .reserve_out = 6.03e5, .fee = basis_points{5.0}, .gas_units = 1e5},
       {.reserve_in = 50.0, .reserve_out = 1.1e5}}};
  const std::array<pool, 3> back{pools[0].reversed(), pools[1].reversed(), pools[2].reversed()};
  liquidity::supply_room<3> selling, buying;
  const auto sell = liquidity::build_supply_curve(std::span<const pool>{pools}, selling.memory());
  const auto buy = liquidity::build_supply_curve(std::span<const pool>{back}, buying.memory());
  ASSERT_TRUE(sell.has_value() && buy.has_value());
  run(*sell, *buy, 2);
}

TEST(Incident, AReplaySaysWhatDiffersFirst) {
  const liquidity::constant_product pool{.reserve_in = 1000.0, .reserve_out = 2e6};
  looked_at look(simulate::counter_random{.seed = 3}, 1, pool, pool.reversed());
  look.prices[0] = look.feeds[0].reference.price = 2000.0;
  look.s.account[1].debt = 2000.0 * 10.0 * 0.86 / 1.1;
  incident i{keeper, state{}, look.s};
  std::vector<char> scratch(1 << 15);
  ASSERT_EQ(i.decision.verdict, verdict::rebalance);
  i.decision.trade.sold = 1.5;
  i.decision.trade.min_out = 2.5;
  auto r = replay(i, scratch);
  ASSERT_TRUE(r.has_value());
  EXPECT_FALSE(r->same);
  EXPECT_EQ(r->recorded, "decision.trade.sold = 1.5");
  EXPECT_EQ(r->now.substr(0, 22), "decision.trade.sold = ");
  EXPECT_EQ(replay(i, std::span{scratch}.first(64)).error(), errc::capacity);
  // The policy was changed after the incident: that shows in what it decides.
  i = incident{keeper, state{}, look.s};
  i.policy.execution.wait = seconds{7};
  r = replay(i, scratch);
  EXPECT_EQ(r->recorded.substr(0, 19), "decision.deadline =");
}

}  // namespace
