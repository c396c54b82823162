// SPDX-License-Identifier: MIT
#include <trimtab/health/gearbox_v3.hpp>

#include "laws/health_model_laws.hpp"
#include "laws/health_scalar_laws.hpp"
#include "laws/liquidation_laws.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace trimtab {
namespace {

using health::gearbox_v3;
using health::gearbox_v3_token;
using T = test::tolerance<double>;

constexpr asset_id usdc{0}, steth{1}, crv{2};
// Slots: 0 and 1 the underlying's main and safe price, 2 the debt's; 3 and 4, 5 and 6 main and safe of the tokens.
constexpr std::array<gearbox_v3_token, 2> table{
    {{.asset = steth, .slot = {3}, .safe_slot = {4}, .threshold = {9000.0}, .quota = 50'000.0},
     {.asset = crv, .slot = {5}, .safe_slot = {6}, .threshold = {7500.0}, .quota = 3000.0}}};
constexpr gearbox_v3 manager{.underlying = usdc,
                             .underlying_slot = {0},
                             .underlying_safe_slot = {1},
                             .debt_slot = {2},
                             .underlying_threshold = {9450.0},
                             .tokens = table,
                             .minimum_health = {11'000.0},
                             .minimum_borrow = 1000.0,
                             .liquidation_discount = {9600.0},
                             .liquidation_fee = {150.0},
                             .underlying_decimals = 6};
constexpr account<> position(double eth, double crvs, double cash, double debt) {
  account<> a;
  static_cast<void>(a.add({.asset = usdc, .collateral = cash, .debt = debt}));
  static_cast<void>(a.add({.asset = steth, .collateral = eth}));
  static_cast<void>(a.add({.asset = crv, .collateral = crvs}));
  return a;
}
constexpr std::array<double, 7> quotes{1.0, 0.99, 1.0, 2000.0, 1990.0, 0.5, 0.48};
const oracle_prices<double> at{std::span<const double>(quotes)};
double health_of(const gearbox_v3& m, const account<>& a) {
  return health_factor(m.liquidation_form<double>(a), at);
}

static_assert(manager.validate(position(1.0, 1.0, 1.0, 1.0)) == errc::ok);
static_assert(manager.liquidation_boundary() == boundary::below_one);

TEST(GearboxV3, ATokenCountsUpToItsQuota) {
  // 10 stETH: 18,000 of a quota of 50,000. 10,000 CRV: 3750 of a quota of 3000. Cash: 945. Debt 20,000.
  const account<> a = position(10.0, 10'000.0, 1000.0, 20'000.0);
  const gearbox_v3 piece = manager.at(a, at);
  EXPECT_EQ(piece.capped, 2U);
  EXPECT_TRUE(test::close(health_of(piece, a), (18'000.0 + 3000.0 + 945.0) / 20'000.0, T::formula));
  // The borrow form: safe prices 1990, 0.48 and 0.99, and a minimum health of 1.1. 17,910; 3600 of 2970; 935.55.
  EXPECT_EQ(piece.capped_safe, 2U);
  EXPECT_TRUE(test::close(health_factor(piece.borrow_form<double>(a), at), (17'910.0 + 2970.0 + 935.55) / 22'000.0,
                          T::formula));
  EXPECT_EQ(piece.minimum_debt(at), 1000.0);
  EXPECT_EQ(manager.at(position(10.0, 7000.0, 0.0, 1.0), at).capped, 0U);
}

TEST(GearboxV3, TheFormKnowsItsEdgeInEveryPrice) {
  const account<> a = position(10.0, 10'000.0, 1000.0, 20'000.0);
  const gearbox_v3 piece = manager.at(a, at);
  // stETH is uncapped up to 50,000 / (10·0.9); CRV is capped from 3000 / (10,000·0.75) up.
  const price_range eth = piece.valid_prices(a, at, {3}), curve = piece.valid_prices(a, at, {5});
  EXPECT_EQ(eth.low, 0.0);
  EXPECT_TRUE(test::close(eth.high, 50'000.0 / 9.0, T::formula));
  EXPECT_TRUE(test::close(curve.low, 0.4, T::formula));
  EXPECT_EQ(curve.high, infinity);
  EXPECT_TRUE(test::close(piece.valid_prices(a, at, {6}).low, 0.99 * 0.4, T::formula))
      << "the borrow form has its edge too";
  const auto holds_with = [&](std::size_t slot, double price) {
    auto prices = quotes;
    prices[slot] = price;
    prices[slot + 1] = std::min(prices[slot + 1], price);
    return piece.holds_at(a, oracle_prices<double>{std::span<const double>(prices)});
  };
  EXPECT_EQ(holds_with(3, eth.high * (1.0 - 1e-12)), errc::ok);
  EXPECT_EQ(holds_with(3, eth.high * (1.0 + 1e-12)), errc::outside_validity);
  EXPECT_EQ(holds_with(5, curve.low * (1.0 + 1e-12)), errc::ok);
  EXPECT_EQ(holds_with(5, curve.low * (1.0 - 1e-12)), errc::outside_validity);
  auto only_safe = quotes;
  only_safe[6] = 0.99 * 0.4 * (1.0 - 1e-12);
  EXPECT_EQ(piece.holds_at(a, oracle_prices<double>{std::span<const double>(only_safe)}), errc::outside_validity)
      << "the borrow form has its edge too";
  EXPECT_EQ(manager.valid_prices(position(0.0, 0.0, 0.0, 1.0), at, {3}).high, infinity) << "nothing held";
  gearbox_v3 wrong = manager;
  wrong.capped = 1;
  EXPECT_EQ(wrong.valid_prices(position(0.0, 0.0, 0.0, 1.0), at, {3}).low, infinity) << "no price would do";
  // Neither quota nor holding: at its quota and not above it at any price, on either piece.
  auto rows = table;
  rows[0].quota = 0.0;
  wrong.tokens = rows;
  for (const std::uint64_t capped : {0U, 1U}) {
    wrong.capped = capped;
    EXPECT_EQ(wrong.holds_at(position(0.0, 0.0, 0.0, 1.0), at), errc::ok);
    EXPECT_EQ(wrong.valid_prices(position(0.0, 0.0, 0.0, 1.0), at, {3}), price_range{}) << capped;
  }
}

TEST(GearboxV3, ASafePriceAboveTheMainOneIsRefused) {
  const account<> a = position(10.0, 7000.0, 1000.0, 20'000.0);
  for (const std::size_t main : {0U, 3U, 5U}) {
    auto prices = quotes;
    prices[main + 1] = prices[main] * 1.001;
    const oracle_prices<double> wrong{std::span<const double>(prices)};
    EXPECT_EQ(validate(manager.at(a, wrong), a, wrong), errc::outside_validity) << main;
  }
}

TEST(GearboxV3, BeyondItsEdgeItRefusesAndTheOtherPieceHolds) {
  const account<> few = position(10.0, 7000.0, 1000.0, 20'000.0), many = position(10.0, 10'000.0, 1000.0, 20'000.0);
  const gearbox_v3 uncapped = manager.at(few, at), capped = manager.at(many, at);
  EXPECT_EQ(uncapped.holds_at(few, at), errc::ok);
  EXPECT_EQ(uncapped.holds_at(many, at), errc::outside_validity);
  EXPECT_EQ(capped.holds_at(many, at), errc::ok);
  EXPECT_EQ(capped.holds_at(few, at), errc::outside_validity);
  EXPECT_EQ(validate(uncapped, many, at), errc::outside_validity);
  // On the edge both are right: 8000·0.75·0.5 = 3000.
  account<> edge = position(10.0, 8000.0, 1000.0, 20'000.0);
  gearbox_v3 either = manager.at(edge, at);
  EXPECT_EQ(either.capped, 0U);
  EXPECT_EQ(either.holds_at(edge, at), errc::ok);
  const double one = health_of(either, edge);
  either.capped = 2;
  either.capped_safe = 0;
  EXPECT_EQ(health_of(either, edge), one);
}

TEST(GearboxV3, WhatOnlyTheEdgeReadsMustBeThereToo) {
  const account<> a = position(10.0, 10'000.0, 1000.0, 20'000.0);
  const gearbox_v3 piece = manager.at(a, at);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const std::size_t slot : {5U, 6U, 0U, 1U}) {
    auto prices = quotes;
    prices[slot] = nan;
    EXPECT_NE(validate(piece, a, oracle_prices<double>{std::span<const double>(prices)}), errc::ok) << slot;
  }
  // An infinite price of a capped token stands in no form: nothing may be seized at it.
  auto endless = quotes;
  endless[5] = infinity;
  const oracle_prices<double> wrong{std::span<const double>(endless)};
  EXPECT_EQ(validate(piece, a, wrong), errc::outside_validity);
  EXPECT_EQ(piece.liquidate(position(10.0, 10'000.0, 0.0, 22'000.0), wrong, {.debt = usdc, .collateral = crv}).error(),
            errc::outside_validity);
  EXPECT_EQ(piece.holds_at(a, oracle_prices<double>{std::span<const double>(quotes).first(6)}), errc::size_mismatch);
  EXPECT_EQ(piece.holds_at(a, oracle_prices<double>{std::span<const double>(quotes).first(1)}), errc::size_mismatch);
}

TEST(GearboxV3, ATradeOfACappedTokenDoesNotMoveTheForm) {
  const account<> a = position(10.0, 10'000.0, 1000.0, 20'000.0);
  const auto f = manager.at(a, at).liquidation_form<double>(a);
  EXPECT_EQ(f.collateral.find(crv), nullptr);
  EXPECT_EQ(health_factor(after(f, {.collateral = crv, .collateral_by = -100.0}), at), health_factor(f, at));
}

TEST(GearboxV3, WithoutAReserveFeedATokenBacksNoRiskyCall) {
  auto rows = table;
  rows[0].has_reserve = false;
  gearbox_v3 m = manager;
  m.tokens = rows;
  const account<> a = position(10.0, 0.0, 1000.0, 10'000.0);
  m = m.at(a, at);
  EXPECT_TRUE(test::close(health_of(m, a), 1.8945, T::formula));
  EXPECT_TRUE(test::close(health_factor(m.borrow_form<double>(a), at), 935.55 / 11'000.0, T::formula));
  // Nor does its quota, where it is capped.
  const account<> plenty = position(100.0, 0.0, 1000.0, 10'000.0);
  m = m.at(plenty, at);
  EXPECT_EQ(m.capped, 1U);
  EXPECT_EQ(m.capped_safe, 0U);
  EXPECT_EQ(m.holds_at(plenty, at), errc::ok);
  EXPECT_TRUE(test::close(health_factor(m.borrow_form<double>(plenty), at), 935.55 / 11'000.0, T::formula));
}

TEST(GearboxV3, TheBoundIsThatOfTheContractsIntegers) {
  // Specks, so that the contract's 10⁻⁸ show: it floors each value, what its threshold leaves, each quota and the debt.
  test::random_numbers random(13);
  auto rows = table;
  rows[0].quota = 0.01;
  rows[1].quota = 0.0001;
  double nearest = 0.0;
  for (int i = 0; i < 5000; ++i) {
    gearbox_v3 m = manager;
    m.tokens = rows;
    m.underlying_decimals = 18;
    const account<> a = position(random.log_uniform(1e-9, 1e-5), random.log_uniform(1e-6, 1e-3),
                                 random.log_uniform(1e-6, 1e-3), random.log_uniform(1e-5, 1e-2));
    m = m.at(a, at);
    const auto grains = [](long double value) { return std::floor(value * 1e8L); };
    const auto token = [&](std::size_t k, long double price, long double threshold) {
      return std::min(std::floor(grains(a[k].collateral * price) * threshold), grains(rows[k - 1].quota));
    };
    const long double twv =
        token(1, 2000.0L, 0.9L) + token(2, 0.5L, 0.75L) + std::floor(grains(a[0].collateral) * 0.945L);
    const long double contract = twv / grains(a[0].debt);
    const double health = health_of(m, a), bound = m.rounding_bound(a, at);
    if (bound > 0.05) continue;
    const double off = static_cast<double>(std::fabs(contract - static_cast<long double>(health))) / health;
    EXPECT_LE(off, bound * (1.0 + 2.0 * bound)) << i;
    nearest = std::max(nearest, off / bound);
  }
  EXPECT_GT(nearest, 0.3) << "and not much wider than need be";
}

TEST(GearboxV3, APartialLiquidationMustLeaveTheAccountHealthy) {
  // 10 stETH weighted 18,000 and 945 against 19,500: health 0.97154. Each unit repaid takes 1/(0.96·0.985) = 1.05753 of
  // stETH value, 0.95178 weighted: it gains 0.04822 of headroom, and 555 are missing: at least 11,509.
  const account<> a = position(10.0, 0.0, 1000.0, 19'500.0);
  const gearbox_v3 piece = manager.at(a, at);
  const auto repay = [&](double amount) {
    return piece.liquidate(a, at, {.debt = usdc, .collateral = steth, .repay = amount});
  };
  const double least = static_cast<double>(555.0L / (1.0L - 0.9L / (0.96L * 0.985L)));
  EXPECT_GT(least, 11'500.0);
  EXPECT_EQ(repay(least * (1.0 - 1e-9)).error(), errc::dust);
  const auto out = repay(least * (1.0 + 1e-9));
  ASSERT_TRUE(out.has_value());
  EXPECT_TRUE(test::close(out->seized, out->repaid / (0.96 * 0.985) / 2000.0, T::formula));
  // The payment is repaid/0.985; 1.5 % of it is the fee.
  EXPECT_TRUE(test::close(out->protocol_fee * 2000.0, out->repaid / 0.985 * 0.015, T::route));
  EXPECT_TRUE(test::close(1.0 + piece.bonus(a, at, steth).fraction(), 1.0 / (0.96 * 0.985), T::formula));
  // All of it would take more stETH than there is: what is left is unhealthy.
  EXPECT_EQ(repay(infinity).error(), errc::dust);
  EXPECT_EQ(repay(18'600.0).error(), errc::dust) << "less than the minimum debt would stay";
  EXPECT_EQ(piece.liquidate(a, at, {.debt = usdc, .collateral = usdc}).error(), errc::asset_mismatch);
  EXPECT_EQ(piece.liquidate(a, at, {.debt = usdc, .collateral = crv}).error(), errc::asset_mismatch) << "none held";
}

TEST(GearboxV3, WhatTheQuotaDoesNotCountIsTheCheapestToSell) {
  // 20,000 CRV count as 3000 of 7500: selling 1000 of debt for CRV leaves the quota full.
  const account<> a = position(10.0, 20'000.0, 0.0, 21'500.0);
  const gearbox_v3 piece = manager.at(a, at);
  ASSERT_LT(health_of(piece, a), 1.0);
  const auto out = piece.liquidate(a, at, {.debt = usdc, .collateral = crv, .repay = 1000.0});
  ASSERT_TRUE(out.has_value());
  EXPECT_TRUE(test::close(out->seized, 2000.0 / (0.96 * 0.985), T::formula));
  EXPECT_EQ(manager.at(a, at)
                .liquidate(position(10.0, 7000.0, 0.0, 21'500.0), at, {.debt = usdc, .collateral = steth})
                .error(),
            errc::outside_validity);
}

TEST(GearboxV3, TheBoundOfNothingReadsNoPrice) {
  EXPECT_EQ(manager.rounding_bound(account<>{}, {}), 0.0);
}

TEST(GearboxV3, AManagerThatCannotBeIsRefused) {
  const auto with = [](auto change) {
    auto rows = table;
    gearbox_v3 m = manager;
    m.tokens = rows;
    change(rows, m);
    return m.validate(position(1.0, 1.0, 1.0, 1.0));
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double bad : {nan, -1.0, 10'001.0}) {
    EXPECT_EQ(with([&](auto& r, auto&) { r[0].threshold = {bad}; }), errc::threshold_range) << bad;
    EXPECT_EQ(with([&](auto&, auto& m) { m.underlying_threshold = {bad}; }), errc::threshold_range) << bad;
    EXPECT_EQ(with([&](auto&, auto& m) { m.liquidation_discount = {bad}; }), errc::bad_configuration) << bad;
    EXPECT_EQ(with([&](auto&, auto& m) { m.liquidation_fee = {bad}; }), errc::bad_configuration) << bad;
  }
  for (const double bad : {nan, -1.0, infinity}) {
    EXPECT_EQ(with([&](auto& r, auto&) { r[1].quota = bad; }), errc::bad_configuration) << bad;
    EXPECT_EQ(with([&](auto&, auto& m) { m.minimum_borrow = bad; }), errc::bad_configuration) << bad;
    EXPECT_EQ(with([&](auto&, auto& m) { m.minimum_health = {bad}; }), errc::bad_configuration) << bad;
  }
  EXPECT_EQ(with([](auto&, auto& m) { m.liquidation_discount = {0.0}; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto&, auto& m) { m.underlying_decimals = 28; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto&, auto& m) { m.liquidation_fee = {1e4}; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto&, auto& m) { m.minimum_health = {9999.0}; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& r, auto&) { r[1].asset = steth; }), errc::duplicate_asset);
  EXPECT_EQ(with([](auto& r, auto&) { r[1].asset = usdc; }), errc::duplicate_asset);
  EXPECT_EQ(with([](auto& r, auto&) { r[1].asset = gearbox_v3::quota_asset; }), errc::duplicate_asset);
  const std::vector<gearbox_v3_token> many(65);
  EXPECT_EQ(with([&](auto&, auto& m) { m.tokens = many; }), errc::capacity);
  account<> owes;
  ASSERT_EQ(owes.add({.asset = steth, .debt = 1.0}), errc::ok);
  EXPECT_EQ(manager.validate(owes), errc::asset_mismatch);
}

}  // namespace

namespace laws {
namespace {

// The piece of the case as it is made, CRV capped, or that of wherever the stirring leads.
template <bool OnePiece, long long StethQuota>
struct credit_account_case {
  static constexpr bool cures_or_refuses = true;
  static constexpr std::array<gearbox_v3_token, 2> rows = [] {
    auto changed = table;
    changed[0].quota = static_cast<double>(StethQuota);
    return changed;
  }();
  static long double direct(const auto& c) {
    const auto counts = [&](std::size_t i, std::size_t slot, long double threshold) {
      return std::min(static_cast<long double>(c.account[i].collateral) * c.prices[slot] * threshold,
                      static_cast<long double>(rows[i - 1].quota) * c.prices[0]);
    };
    const long double cash = static_cast<long double>(c.account[0].collateral) * c.prices[0] * 0.945L;
    return (cash + counts(1, 3, 0.9L) + counts(2, 5, 0.75L)) /
           (static_cast<long double>(c.account[0].debt) * c.prices[2]);
  }
  static bool sound(const auto& c) {
    for (const std::size_t main : {0U, 3U, 5U})
      if (c.prices[main + 1] > c.prices[main]) return false;
    return true;
  }
  static void settle(auto& c) {
    for (const std::size_t main : {0U, 3U, 5U})
      if (c.prices[main + 1] > c.prices[main]) std::swap(c.prices[main], c.prices[main + 1]);
    if (!OnePiece) c.model = c.model.at(c.account, c.quoted());
  }
  static auto make() {
    const account<> a = position(10.0, 10'000.0, 1000.0, 12'000.0);
    gearbox_v3 m = manager;
    m.tokens = rows;
    return health_case<gearbox_v3, 7>{m.at(a, at), a, quotes, steth, usdc, {3}, {2}};
  }
};
using accounts = testing::Types<credit_account_case<true, 50'000>, credit_account_case<false, 50'000>>;
// A capped token has no weight of its own, which the laws of liquidation ask for: here stETH never is.
using roomy = testing::Types<credit_account_case<false, 1'000'000'000'000'000>>;
INSTANTIATE_TYPED_TEST_SUITE_P(GearboxV3, HealthModelLaws, accounts);
INSTANTIATE_TYPED_TEST_SUITE_P(GearboxV3, LiquidationLaws, roomy);
INSTANTIATE_TYPED_TEST_SUITE_P(GearboxV3, HealthScalarLaws, accounts);

}  // namespace
}  // namespace laws
}  // namespace trimtab
