// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health.hpp>
#include <trimtab/health/whole_repayment.hpp>

namespace {

using namespace trimtab;

struct silent {};

TEST(WholeRepayment, IsWhatTheModelSays) {
  EXPECT_EQ(whole_repayment_of<silent>(), whole_repayment::exact);
  EXPECT_EQ(whole_repayment_of<health::liquity_v2>(), whole_repayment::exact);
  EXPECT_EQ(whole_repayment_of<health::aave_v3>(), whole_repayment::by_max_value);
  EXPECT_EQ(whole_repayment_of<health::aave_v4>(), whole_repayment::by_max_value);
  EXPECT_EQ(whole_repayment_of<health::compound_v3>(), whole_repayment::by_max_value);
  EXPECT_EQ(whole_repayment_of<health::euler_v2>(), whole_repayment::by_max_value);
  EXPECT_EQ(whole_repayment_of<health::fluid_t1>(), whole_repayment::by_max_value);
  EXPECT_EQ(whole_repayment_of<health::kamino>(), whole_repayment::by_max_value);
  EXPECT_EQ(whole_repayment_of<health::crvusd>(), whole_repayment::by_max_value);
  EXPECT_EQ(whole_repayment_of<health::morpho_blue>(), whole_repayment::by_shares);
  EXPECT_EQ(whole_repayment_of<health::morpho_pre_liquidation>(), whole_repayment::by_shares);
  EXPECT_EQ(whole_repayment_of<health::maker>(), whole_repayment::by_shares);
}

}  // namespace
