// SPDX-License-Identifier: MIT
#include <trimtab/health/euler_v2.hpp>

#include "laws/health_model_laws.hpp"
#include "laws/health_scalar_laws.hpp"
#include "laws/liquidation_laws.hpp"
#include <algorithm>
#include <array>
#include <cmath>

namespace trimtab {
namespace {

using health::euler_v2;
using health::euler_v2_collateral;
using T = test::tolerance<double>;
using namespace std::chrono_literals;

constexpr asset_id weth{0}, wsteth{1}, usdc{2};
constexpr timestamp start = at_unix(1'750'000'000);
// Slots: bid and mid of each collateral, mid and ask of the liability.
constexpr std::array<euler_v2_collateral, 2> table{{
    {.asset = weth, .bid_slot = {0}, .mid_slot = {1}, .borrow_ltv = {8000.0}, .liquidation_ltv = {.target = {8500.0}}},
    {.asset = wsteth,
     .bid_slot = {2},
     .mid_slot = {3},
     .borrow_ltv = {6000.0},
     .liquidation_ltv = {.initial = {8000.0}, .target = {6500.0}, .until = start + 1000s, .duration = 1000s}},
}};
constexpr euler_v2 vault{.collaterals = table,
                         .liability = usdc,
                         .liability_mid_slot = {4},
                         .liability_ask_slot = {5},
                         .now = start + 500s,
                         .liability_decimals = 6};
constexpr account<> position(double eth, double steth, double debt) {
  account<> a;
  static_cast<void>(a.add({.asset = weth, .collateral = eth}));
  static_cast<void>(a.add({.asset = wsteth, .collateral = steth}));
  static_cast<void>(a.add({.asset = usdc, .debt = debt}));
  return a;
}
constexpr double quotes[] = {1990.0, 2000.0, 2380.0, 2400.0, 1.0, 1.01};
const oracle_prices<double> at(quotes);
double health_of(const euler_v2& v, const account<>& a, oracle_prices<double> prices = at) {
  return health_factor(v.liquidation_form<double>(a), prices);
}

static_assert(vault.validate(position(1.0, 1.0, 1.0)) == errc::ok);
static_assert(vault.liquidation_boundary() == boundary::at_or_below_one);
static_assert(table[1].liquidation_ltv.at(start + 500s) == basis_points{7250.0});

TEST(EulerV2, ARampGoesDownInAStraightLineOfWholeBasisPoints) {
  const auto& ramp = table[1].liquidation_ltv;
  EXPECT_EQ(ramp.at(start - 5s), 8000_bps) << "not before it began";
  EXPECT_EQ(ramp.at(start), 8000_bps);
  EXPECT_EQ(ramp.at(start + 1s), 7998_bps) << "1500·999/1000 = 1498.5";
  EXPECT_EQ(ramp.at(start + 2s), 7997_bps) << "1500·998/1000 = 1497";
  EXPECT_EQ(ramp.at(start + 999s), 6501_bps);
  EXPECT_EQ(ramp.at(start + 1000s), 6500_bps);
  EXPECT_EQ(ramp.at(start + 9999s), 6500_bps);
  EXPECT_EQ((health::ltv_ramp{.initial = {5000.0}, .target = {6000.0}, .until = start, .duration = 10s}.at(start - 5s)),
            6000_bps)
      << "a raise is at once";
  EXPECT_EQ((health::ltv_ramp{.initial = {6000.0}, .target = {5000.0}, .until = start}.at(start - 5s)), 5000_bps);
  // Every second against integers.
  for (int t = 0; t < 1000; ++t) EXPECT_EQ(ramp.at(start + seconds{t}).count, 6500 + (1500 * (1000 - t)) / 1000) << t;
}

TEST(EulerV2, QuotesOfWhatIsNotCollateralNeedNotBeThereOrBeInOrder) {
  account<> a;
  ASSERT_EQ(a.add({.asset = wsteth, .collateral = 5.0, .used_as_collateral = false}), errc::ok);
  ASSERT_EQ(a.add({.asset = usdc, .debt = 1.0}), errc::ok);
  euler_v2 other = vault;
  other.liability_mid_slot = {0};
  other.liability_ask_slot = {1};
  EXPECT_EQ(validate(other, a, oracle_prices<double>{std::span<const double>(quotes, 2)}), errc::ok);
  EXPECT_EQ(vault.holds_at(a, oracle_prices<double>{std::span<const double>(quotes, 2)}), errc::size_mismatch);
}

TEST(EulerV2, LiquidatesAtMidAndLendsAtBidAndAsk) {
  // 10 ETH, 5 wstETH: mid 20,000·0.85 + 12,000·0.725 = 25,700; bid 19,900·0.80 + 11,900·0.60 = 23,060; ask 1.01.
  const account<> a = position(10.0, 5.0, 20'000.0);
  EXPECT_TRUE(test::close(health_of(vault, a), 25'700.0 / 20'000.0, T::formula));
  EXPECT_TRUE(test::close(health_factor(vault.borrow_form<double>(a), at), 23'060.0 / 20'200.0, T::formula));
  EXPECT_TRUE(vault.may_borrow(a, usdc));
  EXPECT_FALSE(vault.may_borrow(a, weth));
  euler_v2 later = vault;
  later.now = start + 1000s;  // 12,000·0.65
  EXPECT_TRUE(test::close(health_of(later, a), 24'800.0 / 20'000.0, T::formula)) << "time alone lowers health";
}

TEST(EulerV2, EqualityIsLiquidatable) {
  const account<> edge = position(10.0, 0.0, 17'000.0);
  EXPECT_EQ(health_of(vault, edge), 1.0);
  const auto out = vault.liquidate(edge, at, {.debt = usdc, .collateral = weth, .repay = 1000.0});
  ASSERT_TRUE(out.has_value());
  EXPECT_TRUE(test::close(out->seized, 0.5, T::formula)) << "at health 1 without a bonus";
  EXPECT_EQ(vault.bonus(edge, at, weth), basis_points{});
  EXPECT_EQ(vault.liquidate(position(10.0, 0.0, 16'999.0), at, {.debt = usdc, .collateral = weth}).error(),
            errc::not_liquidatable);
}

TEST(EulerV2, TheDiscountIsTheInsolvency) {
  // The contract: adjusted collateral 9950 against 10,000, maximum discount 15 %: factor 0.995, at most
  // 10,050.251256281407035175 seized for all the debt. At LTV 0.85 the collateral is worth 9950/0.85.
  const double ones[] = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
  const oracle_prices<double> par(ones);
  const account<> a = position(9950.0 / 0.85, 0.0, 10'000.0);
  EXPECT_TRUE(test::close(vault.discount_factor(a, par), 0.995, T::formula));
  const auto out = vault.liquidate(a, par, {.debt = usdc, .collateral = weth});
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->repaid, 10'000.0);
  EXPECT_TRUE(test::close(out->seized, 10050.251256281407035175, T::route));
  EXPECT_EQ(out->bad_debt, 0.0);
  EXPECT_GT(out->collateral_left, 0.0);
  const auto half = vault.liquidate(a, par, {.debt = usdc, .collateral = weth, .repay = 5000.0});
  EXPECT_TRUE(test::close(half->seized, 10050.251256281407035175 / 2.0, T::route));
}

TEST(EulerV2, TheDiscountHasALimitAndWhatIsLeftIsSocialised) {
  // 10 ETH at 1000, health 8500/10,000 = 0.85 and below: the collateral pays 0.85·10,000 = 8500 of 10,000 or 12,000.
  const double prices[] = {990.0, 1000.0, 2380.0, 2400.0, 1.0, 1.01};
  const oracle_prices<double> low(prices);
  for (const double debt : {10'000.0, 12'000.0}) {
    const auto out = vault.liquidate(position(10.0, 0.0, debt), low, {.debt = usdc, .collateral = weth});
    ASSERT_TRUE(out.has_value());
    EXPECT_EQ(out->seized, 10.0);
    EXPECT_TRUE(test::close(out->repaid, 8500.0, T::route)) << debt;
    EXPECT_TRUE(test::close(out->bad_debt, debt - 8500.0, T::route)) << debt;
    EXPECT_EQ(out->debt_left, 0.0);
  }
}

TEST(EulerV2, NothingIsSocialisedWhileCollateralIsLeftOrWhereTheVaultDoesNot) {
  const double prices[] = {990.0, 1000.0, 2380.0, 2400.0, 1.0, 1.01};
  const oracle_prices<double> low(prices);
  const account<> with_more = position(10.0, 1e-9, 12'000.0);
  const auto kept = vault.liquidate(with_more, low, {.debt = usdc, .collateral = weth});
  EXPECT_EQ(kept->bad_debt, 0.0);
  EXPECT_TRUE(test::close(kept->debt_left, 3500.0, 1e-9));
  account<> not_enabled = with_more;
  not_enabled.find(wsteth)->used_as_collateral = false;
  EXPECT_GT(vault.liquidate(not_enabled, low, {.debt = usdc, .collateral = weth})->bad_debt, 3499.0);
  euler_v2 keeps = vault;
  keeps.socialises_debt = false;
  EXPECT_EQ(keeps.liquidate(position(10.0, 0.0, 12'000.0), low, {.debt = usdc, .collateral = weth})->bad_debt, 0.0);
  const auto speck = vault.liquidate(position(1e-16, 0.0, 9.9e-13), low, {.debt = usdc, .collateral = weth});
  EXPECT_EQ(speck->bad_debt, 0.0) << "worth less than 10⁻¹²";
  EXPECT_GT(vault.liquidate(position(1e-16, 0.0, 1.1e-12), low, {.debt = usdc, .collateral = weth})->bad_debt, 0.0);
}

TEST(EulerV2, WhatIsTooLittleToSocialiseIsCountedInTheUnitOfAccountsDecimals) {
  euler_v2 in_dollars = vault;  // of 6 decimals: 10⁶ units are 1
  in_dollars.unit_of_account_decimals = 6;
  for (const double debt : {0.99, 1.01}) {
    const auto out = in_dollars.liquidate(position(1e-7, 0.0, debt), at, {.debt = usdc, .collateral = weth});
    ASSERT_TRUE(out.has_value());
    EXPECT_EQ(out->bad_debt > 0.0, debt > 1.0) << debt;
    EXPECT_TRUE(test::close(out->repaid + out->bad_debt + out->debt_left, debt, T::formula));
  }
}

TEST(EulerV2, ACollateralOfLtvZeroBacksNothingAndMayBeSeized) {
  auto rows = table;
  rows[1].borrow_ltv = {};
  rows[1].liquidation_ltv = {};
  euler_v2 v = vault;
  v.collaterals = rows;
  const account<> a = position(10.0, 5.0, 17'500.0);
  ASSERT_EQ(v.validate(a), errc::ok);
  EXPECT_TRUE(test::close(health_of(v, a), 17.0 / 17.5, T::formula));
  const auto out = v.liquidate(a, at, {.debt = usdc, .collateral = wsteth, .repay = 1700.0});
  ASSERT_TRUE(out.has_value());
  EXPECT_TRUE(test::close(out->seized, 1750.0 / 2400.0, T::route));
}

TEST(EulerV2, TheBoundIsThatOfTheContractsIntegers) {
  // Specks, so that its roundings show: amounts of some thousand units of account of 18 decimals.
  test::random_numbers random(11);
  double nearest = 0.0;
  for (int i = 0; i < 5000; ++i) {
    const account<> a = position(std::floor(random.uniform(1.0, 1e6)) * 1e-18,
                                 std::floor(random.uniform(1.0, 1e6)) * 1e-18, random.uniform(1e2, 1e6) * 1e-18);
    const std::array<double, 6> prices{1.9, 2.0, 2.3, 2.4, 1.1, 1.2};
    const oracle_prices<double> p{std::span<const double>(prices)};
    euler_v2 v = vault;
    v.liability_decimals = 18;
    const auto value = [&](const holding& h, long double price, long double bps) {
      const long double units = std::floor(static_cast<long double>(h.collateral) * 1e18L * price + 1e-6L);
      return std::floor(units * bps / 1e4L);
    };
    const long double owed = std::floor(std::ceil(static_cast<long double>(a[2].debt) * 1e18L) * 1.1L + 1e-6L);
    const long double contract = (value(a[0], 2.0L, 8500.0L) + value(a[1], 2.4L, 7250.0L)) / owed;
    const double health = health_of(v, a, p), bound = v.rounding_bound(a, p);
    const double off = static_cast<double>(std::fabs(contract - static_cast<long double>(health))) / health;
    EXPECT_LE(off, bound * (1.0 + 2.0 * bound)) << i;  // a bound to first order
    nearest = std::max(nearest, off / bound);
  }
  EXPECT_GT(nearest, 0.3) << "and not much wider than need be";
}

TEST(EulerV2, LiquidationsAgreeWithTheContractsOwnOrderOfSteps) {
  // As calculateMaxLiquidation has it, in 80 bits: values first, then the share of the liability and of the balance.
  test::random_numbers random(12);
  for (int i = 0; i < 2000; ++i) {
    const account<> a = position(random.log_uniform(0.1, 100.0), random.log_uniform(0.1, 100.0), 0.0);
    const long double adjusted = a[0].collateral * 2000.0L * 0.85L + a[1].collateral * 2400.0L * 0.725L;
    account<> owing = a;
    owing.find(usdc)->debt = static_cast<double>(adjusted / random.uniform(0.5, 0.999));
    const long double liability = owing[2].debt, factor = std::max(adjusted / liability, 0.85L);
    const long double held_value = a[1].collateral * 2400.0L;
    long double repay = liability, yield = liability / factor;
    if (held_value < yield) repay = held_value * factor, yield = held_value;
    const auto out = vault.liquidate(owing, at, {.debt = usdc, .collateral = wsteth});
    ASSERT_TRUE(out.has_value());
    EXPECT_TRUE(test::close(static_cast<long double>(out->repaid), repay, 1e-14L));
    EXPECT_TRUE(test::close(static_cast<long double>(out->seized), yield / 2400.0L, 1e-14L));
    const double part = static_cast<double>(repay) * random.uniform(0.1, 0.9);
    const auto some = vault.liquidate(owing, at, {.debt = usdc, .collateral = wsteth, .repay = part});
    EXPECT_TRUE(test::close(static_cast<long double>(some->seized), part * (yield / 2400.0L) / repay, 1e-14L));
  }
}

TEST(EulerV2, ACoolingAccountIsLeftAlone) {
  euler_v2 v = vault;
  v.cooling_off = true;
  EXPECT_EQ(v.liquidate(position(10.0, 0.0, 18'000.0), at, {.debt = usdc, .collateral = weth}).error(),
            errc::not_liquidatable);
}

TEST(EulerV2, OnlyWhatIsEnabledCountsAndIsSeized) {
  account<> a = position(10.0, 5.0, 20'000.0);
  a.find(wsteth)->used_as_collateral = false;
  EXPECT_TRUE(test::close(health_of(vault, a), 0.85, T::formula));
  EXPECT_EQ(vault.liquidate(a, at, {.debt = usdc, .collateral = wsteth}).error(), errc::asset_mismatch);
  EXPECT_EQ(vault.liquidate(position(10.0, 0.0, 20'000.0), at, {.debt = usdc, .collateral = wsteth}).error(),
            errc::asset_mismatch);
}

TEST(EulerV2, AQuoteUpsideDownIsRefused) {
  const account<> a = position(10.0, 5.0, 30'000.0);
  for (const auto& [slot, price] : {std::pair{0, 2000.1}, {3, 2379.0}, {4, 1.02}}) {
    std::array<double, 6> prices{};
    std::copy(std::begin(quotes), std::end(quotes), prices.begin());
    prices[static_cast<std::size_t>(slot)] = price;
    const oracle_prices<double> wrong{std::span<const double>(prices)};
    EXPECT_EQ(vault.holds_at(a, wrong), errc::outside_validity) << slot;
    EXPECT_EQ(validate(vault, a, wrong), errc::outside_validity) << slot;
    EXPECT_EQ(vault.liquidate(a, wrong, {.debt = usdc, .collateral = weth}).error(), errc::outside_validity) << slot;
  }
  // What is not enabled takes part in nothing: its quotes may be upside down, or not be there.
  auto rows = table;
  rows[1].bid_slot = rows[1].mid_slot = {77};
  euler_v2 unquoted = vault;
  unquoted.collaterals = rows;
  account<> one = a;
  EXPECT_EQ(validate(unquoted, one, at), errc::size_mismatch);
  one.find(wsteth)->used_as_collateral = false;
  EXPECT_EQ(validate(unquoted, one, at), errc::ok);
  const double flat[] = {2000.0, 2000.0, 2400.0, 2400.0, 1.0, 1.0};
  EXPECT_EQ(vault.holds_at(a, oracle_prices<double>(flat)), errc::ok);
}

TEST(EulerV2, TheBoundOfNothingReadsNoPrice) {
  EXPECT_EQ(vault.rounding_bound(account<>{}, {}), 0.0);
}

TEST(EulerV2, AVaultThatCannotBeIsRefused) {
  const auto with = [](auto change) {
    auto rows = table;
    euler_v2 v = vault;
    v.collaterals = rows;
    change(rows, v);
    return v.validate(position(1.0, 1.0, 1.0));
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double bad : {nan, -1.0, 8501.0})
    EXPECT_EQ(with([&](auto& rows, auto&) { rows[0].borrow_ltv = {bad}; }), errc::threshold_range) << bad;
  for (const double bad : {nan, 10'001.0})
    EXPECT_EQ(with([&](auto& rows, auto&) { rows[0].liquidation_ltv.target = {bad}; }), errc::threshold_range) << bad;
  for (const double bad : {nan, -1.0, 10'001.0})
    EXPECT_EQ(with([&](auto& rows, auto&) { rows[1].liquidation_ltv.initial = {bad}; }), errc::threshold_range) << bad;
  EXPECT_EQ(with([](auto& rows, auto&) { rows[1].liquidation_ltv.duration = -1s; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& rows, auto&) { rows[1].asset = weth; }), errc::duplicate_asset);
  EXPECT_EQ(with([](auto& rows, auto&) { rows[1].asset = usdc; }), errc::duplicate_asset);
  for (const double bad : {nan, -1.0, 1e4})
    EXPECT_EQ(with([&](auto&, auto& v) { v.maximum_discount = {bad}; }), errc::bad_configuration) << bad;
  for (const int bad : {-1, 28}) {
    EXPECT_EQ(with([&](auto&, auto& v) { v.liability_decimals = bad; }), errc::bad_configuration) << bad;
    EXPECT_EQ(with([&](auto&, auto& v) { v.unit_of_account_decimals = bad; }), errc::bad_configuration) << bad;
  }
  account<> lends;
  ASSERT_EQ(lends.add({.asset = usdc, .collateral = 1.0}), errc::ok);
  EXPECT_EQ(vault.validate(lends), errc::asset_mismatch);
}

}  // namespace

namespace laws {
namespace {

// A price of the debt moves with its ask.
struct quoted_case : health_case<euler_v2, 6> {
  void set_health(double target) {
    health_case::set_health(target);
    prices[5] = std::max(prices[5], prices[4]);
  }
};
struct vault_case {
  static long double direct(const auto& c) {
    const auto value = [&](std::size_t i, std::size_t slot, long double ltv) {
      return static_cast<long double>(c.account[i].collateral) * c.prices[slot] * ltv;
    };
    return (value(0, 1, 0.85L) + value(1, 3, 0.725L)) / (static_cast<long double>(c.account[2].debt) * c.prices[4]);
  }
  static void settle(auto& c) {
    for (std::size_t low = 0; low < 6; low += 2)
      if (c.prices[low] > c.prices[low + 1]) std::swap(c.prices[low], c.prices[low + 1]);
  }
  static auto make() {
    return quoted_case{
        {vault, position(10.0, 5.0, 20'000.0), {1990.0, 2000.0, 2380.0, 2400.0, 1.0, 1.01}, weth, usdc, {1}, {4}}};
  }
};
using vaults = testing::Types<vault_case>;
INSTANTIATE_TYPED_TEST_SUITE_P(EulerV2, HealthModelLaws, vaults);
INSTANTIATE_TYPED_TEST_SUITE_P(EulerV2, LiquidationLaws, vaults);
INSTANTIATE_TYPED_TEST_SUITE_P(EulerV2, HealthScalarLaws, vaults);

}  // namespace
}  // namespace laws
}  // namespace trimtab
