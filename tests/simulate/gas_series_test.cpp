// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/simulate/gas_series.hpp>

#include <vector>

namespace {

using namespace trimtab::simulate;

TEST(GasSeries, ReadsGweiAndWei) {
  const auto gwei = parse_gas("g.csv", "unix_seconds,gas_price_gwei\n0,50\n60,0\n");
  ASSERT_TRUE(gwei);
  EXPECT_EQ(gwei->points[0].gwei, 50.0);
  EXPECT_EQ(gwei->points[1].gwei, 0.0);
  const auto wei = parse_gas("g.csv", "unix_seconds,avg_gas_price_wei\n0,77900000000\n");
  ASSERT_TRUE(wei);
  EXPECT_DOUBLE_EQ(wei->points[0].gwei, 77.9);
}

TEST(GasSeries, RefusesAHeaderWithoutAUnitAndANegativePrice) {
  EXPECT_FALSE(parse_gas("g.csv", "unix_seconds,gas\n0,1\n"));
  EXPECT_FALSE(parse_gas("g.csv", "unix_seconds,_gwei,x_gwei\n0,1,2\n"));
  EXPECT_EQ(parse_gas("g.csv", "unix_seconds,gas_gwei\n0,-1\n").error().text(), "g.csv:2: gas price negative");
}

TEST(GasSeries, HoldsEachPointUntilTheNextAndTheFirstAlsoBefore) {
  const gas_series series{"g", {{24, 10.0}, {48, 20.0}}};
  EXPECT_EQ(gas_at_blocks(series, clock_over(0, 72)), (std::vector<double>{10, 10, 10, 10, 20, 20}));
  EXPECT_EQ(gas_at_blocks(constant_gas(7.0), clock_over(0, 24)), (std::vector<double>{7, 7}));
}

}  // namespace
