// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/simulate/tended.hpp>

#include "fixtures.hpp"
#include <chrono>
#include <vector>

namespace {

using namespace fixtures;
using namespace std::chrono_literals;

static_assert(Keeper<tended<decltype(one_shot())>>);

/// Blocks, from 0, in which the person sends something; every transaction is answered in the next block with `answer`.
template <class K>
std::vector<std::size_t> sends(const market_tape& tape, double health, K keeper, receipt_kind answer, int& acted) {
  std::vector<std::size_t> at;
  world w(tape, aave(), opened(tape, 1e6, health), plain(1e7));
  std::vector<std::uint64_t> nonce;
  for (std::size_t b = 0; b < tape.clock.blocks; ++b) {
    if (b > 0) w.begin(b);
    w.arbitrage();
    for (const std::uint64_t n : nonce) keeper.told({.kind = answer, .nonce = n, .at = w.now()});
    nonce.clear();
    if (const auto asked = keeper.look(w.look())) {
      at.push_back(b);
      nonce.push_back(asked->nonce);
    }
  }
  acted = keeper.acted();
  return at;
}

TEST(Tended, ComesTheDelayAfterTheTrigger) {
  std::vector<double> prices(200, 100.0);
  for (std::size_t b = 10; b < prices.size(); ++b) prices[b] = 85.0;  // the feed prints in block 11
  int acted = 0;
  const auto at =
      sends(tape_of(prices), 1.30, tended(one_shot(), 600s, arithmetic::same_sizer), receipt_kind::filled, acted);
  ASSERT_FALSE(at.empty());
  EXPECT_EQ(at[0], 11U + 50U);
  EXPECT_EQ(acted, static_cast<int>(at.size()));
}

TEST(Tended, FindsNothingToDoWhenTheAccountHasRecovered) {
  std::vector<double> prices(200, 100.0);
  for (std::size_t b = 10; b < 40; ++b) prices[b] = 85.0;
  int acted = 0;
  EXPECT_TRUE(
      sends(tape_of(prices), 1.30, tended(one_shot(), 600s, arithmetic::same_sizer), receipt_kind::filled, acted)
          .empty());
  EXPECT_EQ(acted, 0);
}

TEST(Tended, RetriesARevertThreeTimesAMinuteApartAndThenLeaves) {
  int acted = 0;
  const auto at = sends(tape_of(std::vector<double>(120, 100.0)), 1.10,
                        tended(one_shot(), 600s, arithmetic::same_sizer), receipt_kind::reverted, acted);
  EXPECT_EQ(at, (std::vector<std::size_t>{50, 56, 62, 68, 119}));
}

TEST(Tended, BlindArithmeticSellsTooLittle) {
  const auto tape = tape_of(std::vector<double>(8, 100.0));
  const auto after = [&](arithmetic sums) {
    world w(tape, aave(), opened(tape, 1e6, 1.10), plain(2e7));
    tended keeper(one_shot(), 0s, sums);
    w.send(keeper.look(w.look()).value());
    for (std::size_t b = 1; b < 4; ++b) {
      w.begin(b);
      w.include_due([&](const receipt& r) { keeper.told(r); });
    }
    return w.health();
  };
  EXPECT_NEAR(after(arithmetic::same_sizer), 1.25, 1e-9);
  EXPECT_LT(after(arithmetic::slippage_blind), 1.25);
  EXPECT_GT(after(arithmetic::slippage_blind), 1.20);
}

}  // namespace
