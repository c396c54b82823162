// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/market/gas.hpp>

#include "support/tolerance.hpp"
#include <limits>

namespace trimtab {
namespace {

using T = test::tolerance<double>;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

constexpr double quoted[] = {1.0, 2000.0};
constexpr oracle_prices<double> prices{quoted};
// 300,000 gas at 2⁻²⁴ native (about 60 gwei), native token at 2000: exact in binary.
constexpr gas_market gas{.transaction_gas = 300'000.0, .price_native = 0x1p-24, .tank_native = 1.0, .native = {1}};
static_assert(gas.fee_native(0.0) == 300'000.0 * 0x1p-24);
static_assert(gas.fee_native(100'000.0) == 400'000.0 * 0x1p-24);
static_assert(gas.fee_base(0.0, prices) == 300'000.0 * 0x1p-24 * 2000.0);
static_assert(!gas.short_of_gas(0.0));
static_assert(validate(gas, prices) == errc::ok);
static_assert(gas_market{}.fee_base(1e6, {}) == 0.0, "free gas reads no price");

TEST(Gas, AnEmptyTankIsShortOnlyWhenTheTankPays) {
  gas_market m = gas;
  m.tank_native = 0.0;
  EXPECT_TRUE(m.short_of_gas(0.0));
  m.paid_from = gas_payer::proceeds;
  EXPECT_FALSE(m.short_of_gas(0.0));
}

TEST(Gas, TheVenueAddsItsOwn) {
  EXPECT_TRUE(test::close(gas.fee_base(150'000.0, prices), 1.5 * gas.fee_base(0.0, prices), T::formula));
}

TEST(Gas, ATankThatIsExactlyEnoughIsEnough) {
  gas_market m = gas;
  m.tank_native = m.fee_native(0.0);
  EXPECT_FALSE(m.short_of_gas(0.0));
  EXPECT_TRUE(m.short_of_gas(1.0));
}

TEST(Gas, ValidationNamesWhatIsWrong) {
  const auto with = [](double units, double price, double tank, price_slot slot) {
    return validate(gas_market{.transaction_gas = units, .price_native = price, .tank_native = tank, .native = slot},
                    prices);
  };
  EXPECT_EQ(with(0.0, 0.0, 0.0, {9}), errc::ok) << "a slot that nobody reads may be anything";
  EXPECT_EQ(with(1.0, 1.0, infinity, {1}), errc::ok);
  EXPECT_EQ(with(1.0, 1.0, 0.0, {2}), errc::size_mismatch);
  EXPECT_EQ(with(nan, 1.0, 0.0, {1}), errc::not_finite);
  EXPECT_EQ(with(1.0, infinity, 0.0, {1}), errc::not_finite);
  EXPECT_EQ(with(-1.0, 1.0, 0.0, {1}), errc::negative_amount);
  EXPECT_EQ(with(1.0, -1.0, 0.0, {1}), errc::negative_amount);
  EXPECT_EQ(with(1.0, 1.0, -1.0, {1}), errc::negative_amount);
  EXPECT_EQ(with(1.0, 1.0, nan, {1}), errc::negative_amount);
}

}  // namespace
}  // namespace trimtab
