// SPDX-License-Identifier: MIT
// Deciding, planning, settling and telling allocate nothing: every allocation of this executable is counted.
#include <gtest/gtest.h>

#include <trimtab/plan/settle.hpp>
#include <trimtab/policy/explain.hpp>

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

}  // namespace
