// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/liquity_trove.hpp>

#include "support/tolerance.hpp"

namespace trimtab {
namespace {

using health::liquity_trove;
using T = test::tolerance<double>;

constexpr liquity_trove trove{
    .collateral = 10.0, .debt = 5000.0, .stake = 8.0, .collateral_snapshot = 0.25, .debt_snapshot = 300.0};
static_assert(trove.entire_collateral(0.25) == 10.0);
static_assert(trove.entire_collateral(0.75) == 14.0);
static_assert(trove.entire_debt(312.5) == 5100.0);

TEST(LiquityTrove, RewardsAreTheStakesShareOfWhatWasRedistributedSince) {
  // A trove of 20 ETH and 9000 LUSD falls to 40 ETH of stakes; 8 of them take a fifth.
  const double l_eth = 0.25 + 20.0 / 40.0, l_lusd = 300.0 + 9000.0 / 40.0;
  EXPECT_TRUE(test::close(trove.entire_collateral(l_eth), 10.0 + 20.0 / 5.0, T::formula));
  EXPECT_TRUE(test::close(trove.entire_debt(l_lusd), 5000.0 + 9000.0 / 5.0, T::formula));
}

TEST(LiquityTrove, NothingIsPendingAtTheSnapshot) {
  EXPECT_EQ(trove.entire_collateral(trove.collateral_snapshot), trove.collateral);
  EXPECT_EQ(trove.entire_debt(trove.debt_snapshot), trove.debt);
}

}  // namespace
}  // namespace trimtab
