// SPDX-License-Identifier: MIT
// Deciding, planning, settling and telling allocate nothing: every allocation of this executable is counted.
#include <gtest/gtest.h>

#include <trimtab/liquidity/build_supply_curve.hpp>
#include <trimtab/oracle.hpp>
#include <trimtab/plan/settle.hpp>
#include <trimtab/policy/explain.hpp>
#include <trimtab/trigger.hpp>

#include "support/allocations.hpp"
#include "support/keepers.hpp"
#include <array>
#include <cstdlib>

namespace {

using namespace trimtab;
using test::counted;

TEST(ZeroAllocation, TheCounterCounts) {
#if defined(TRIMTAB_TEST_SANITIZED)
  GTEST_SKIP() << "the sanitizer owns the allocator";
#endif
  EXPECT_GT(counted([] {
              auto* volatile p = new int(1);
              delete p;
            }),
            0);
  EXPECT_GT(counted([] {
              void* volatile p = std::malloc(1);
              std::free(p);
            }),
            0);
}

TEST(ZeroAllocation, APolicyAllocatesNothing) {
  double sum = 0.0;
  const long n = counted([&] {
    for (const double health : {1.02, 1.1, 1.2, 1.4, 1.9, infinity}) {
      cases::watched w = cases::watching(health);
      for (const bool closed : {false, true}) {
        w.reserves[0].paused = closed;
        const auto s = w.look();
        const auto d = cases::keeper({}, s);
        sum += d.health_with_fill + static_cast<double>(cases::keeper.validate(s)) +
               cases::keeper.quiet(d.state, s.account).log_low + cases::keeper.sensitivities(s).delta[0];
        const auto state = cases::keeper.on_receipt(d.state, {receipt_kind::sent, d.nonce, s.now});
        sum += cases::keeper(state, s).target;
        if (d.verdict != verdict::rebalance) continue;
        const auto p = cases::keeper.plan_for(d, s);
        const auto& market = d.trade.towards == direction::deleverage ? s.sell : s.buy;
        const auto after = settle(w.world.model, w.world.account, *p, market, s.prices, s.reserves, s.now);
        sum += after.has_value() ? after->venues[0].out.to_tokens(market.out_decimals) : 0.0;
      }
    }
  });
  EXPECT_EQ(n, 0);
  EXPECT_GT(sum, 0.0);
}

TEST(ZeroAllocation, NorDoesTheSentence) {
  const auto d = cases::keeper({}, cases::watching(1.1).look());
  std::array<char, 256> buffer{};
  EXPECT_EQ(counted([&] { explain(d, buffer); }), 0);
}

// All guards and triggers there are, several venues as one curve, both ways, in pieces: the largest policy there can
// be.
TEST(ZeroAllocation, NorDoesAPolicyOfEverything) {
  liquidity::supply_room<16> room;
  long allocations = 0, decided = 0, held = 0, refused = 0;
  double sum = 0.0;
  constexpr policy everything{
      cases::home.model,
      oracle::all_of{oracle::max_age{}, oracle::max_deviation{}, oracle::max_rate_of_change{}, oracle::bounds{},
                     oracle::contractual_rate{}, oracle::executable_divergence{}, oracle::median_of_sources{},
                     oracle::moving_average{}, oracle::next_price{}, oracle::sequencer_grace{},
                     oracle::twap_tolerance{}},
      trigger::any_of{trigger::all_of{cases::two_sided, trigger::cooldown{cases::cooling}},
                      trigger::look_ahead{cases::one_sided}, trigger::emergency{}, trigger::price_move{},
                      trigger::forecast_health{.lower = 0.5, .target = 0.6}},
      sizing::both_ways{sizing::in_chunks{sizing::restore_target{.max_slippage = {3000.0}}},
                        sizing::leverage_up{.max_slippage = {3000.0}}},
      cases::plain_execution};
  const std::array<observation, 3> others{{{1.0, cases::start}, {1.001, cases::start}, {0.999, cases::start}}};
  for (const double health : {1.02, 1.1, 1.2, 1.4, 1.9, 8.0}) {
    cases::watched w = cases::watching(health);
    for (feed& f : w.feeds) {
      f.others = others;
      f.average = f.contractual = {1.0, cases::start};
      f.executable = {.price = {1.0}, .at = cases::start};
      f.next = {1.0, cases::start + seconds{600}};
    }
    const cases::pool small{.reserve_in = 1e5, .reserve_out = 1e5};
    allocations += counted([&] {
      const auto curve = liquidity::build_supply_curve(room.memory(), w.venue, small);
      const auto plain = w.look();
      snapshot<liquidity::supply_curve> s;
      s.now = plain.now, s.account = plain.account, s.prices = plain.prices, s.feeds = plain.feeds;
      s.reserves = plain.reserves, s.gas = plain.gas;
      s.sell = {.in = plain.sell.in, .out = plain.sell.out, .venue = *curve};
      s.buy = {.in = plain.buy.in, .out = plain.buy.out, .venue = *curve};
      auto state = decltype(everything)::state_type{};
      std::array<char, 512> buffer{};
      for (const auto kind :
           {receipt_kind::sent, receipt_kind::partially_filled, receipt_kind::filled, receipt_kind::reverted,
            receipt_kind::replaced, receipt_kind::expired, receipt_kind::liquidated}) {
        const auto d = everything(state, s);
        sum += static_cast<double>(explain(d, buffer).size()) + everything.quiet(d.state, s.account).log_high;
        decided += d.verdict == verdict::rebalance, held += d.verdict == verdict::hold,
            refused += d.verdict == verdict::refuse;
        if (d.verdict == verdict::rebalance) {
          const auto p = everything.plan_for(d, s);
          const auto& market = d.trade.towards == direction::deleverage ? s.sell : s.buy;
          if (p.has_value())
            sum += settle(w.world.model, w.world.account, *p, market, s.prices, s.reserves, s.now,
                          cases::plain_execution.funding.premium)
                       .has_value();
        }
        state = everything.on_receipt(d.state, {receipt_kind::sent, d.nonce, s.now});
        state = everything.on_receipt(state, {kind, d.nonce, s.now});
        s.now += seconds{1};
      }
    });
  }
  EXPECT_EQ(allocations, 0);
  EXPECT_GT(decided, 0);
  EXPECT_GT(held, 0);
  EXPECT_NE(sum, 0.0);
}

}  // namespace
