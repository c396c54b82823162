// SPDX-License-Identifier: MIT
#include <trimtab/health/crvusd.hpp>

#include "laws/health_model_laws.hpp"
#include "laws/health_scalar_laws.hpp"
#include "laws/liquidation_laws.hpp"

namespace trimtab {
namespace {

using health::crvusd;
using T = test::tolerance<double>;

constexpr asset_id weth{1}, usd{2};
constexpr crvusd market{.collateral = weth,
                        .stablecoin = usd,
                        .collateral_slot = {0},
                        .debt_slot = {1},
                        .bands_slot = {2},
                        .liquidation_discount = {600.0},
                        .loan_discount = {900.0},
                        .amplification = 100.0,
                        .bands = 10};
constexpr account<> loan(double collateral, double debt) {
  account<> a;
  static_cast<void>(a.add({.asset = weth, .collateral = collateral}));
  static_cast<void>(a.add({.asset = usd, .debt = debt}));
  return a;
}
struct at {
  explicit constexpr at(double price) : values{price, 1.0, 1.0} {}
  double values[3];
  [[nodiscard]] constexpr oracle_prices<double> quoted() const { return oracle_prices<double>(values); }
};
constexpr liquidation_request request{.debt = usd, .collateral = weth};

// One band from 1 down to ½ sells at √½ on average.
constexpr crvusd halves{.amplification = 2.0, .bands = 1};
static_assert(halves.bands_average() * halves.bands_average() - 0.5 < 1e-15);
static_assert(market.validate(account<>{}) == errc::ok);

/// What a constant product on each band gives for its collateral, from its upper to its lower price.
long double sold_through(long double y, long double p_up, long double amplification, int bands) {
  long double sum = 0.0L;
  for (int n = 0; n < bands; ++n) {
    const long double upper = p_up * std::pow((amplification - 1.0L) / amplification, static_cast<long double>(n));
    const long double lower = upper * (amplification - 1.0L) / amplification;
    const long double liquidity = y / bands / (1.0L / std::sqrt(lower) - 1.0L / std::sqrt(upper));
    sum += liquidity * (std::sqrt(upper) - std::sqrt(lower));
  }
  return sum;
}

TEST(CrvUsd, UntouchedBandsGiveWhatAConstantProductOnEachWould) {
  test::random_numbers random(11);
  for (int i = 0; i < 500; ++i) {
    crvusd m = market;
    m.amplification = std::floor(random.log_uniform(2.0, 500.0));
    m.bands = static_cast<int>(4 + random.below(47));
    const double y = random.log_uniform(1e-3, 1e5), p_up = random.log_uniform(1e-3, 1e5);
    const crvusd position = m.untouched(y, p_up);
    EXPECT_TRUE(test::close(static_cast<long double>(position.x_down), sold_through(y, p_up, m.amplification, m.bands),
                            1e-13L));
    // The controller's geometric sum: y·p_up·√r·(1 − r^N)/(1 − r)/N.
    const long double r = (m.amplification - 1.0L) / m.amplification;
    const long double sum =
        std::sqrt(r) * (1.0L - std::pow(r, static_cast<long double>(m.bands))) / (1.0L - r) / m.bands;
    EXPECT_TRUE(test::close(static_cast<long double>(position.x_down), y * p_up * sum, 1e-13L));
  }
}

TEST(CrvUsd, AWorkedLoan) {
  // 10 WETH in ten bands below 1500, 12,500 crvUSD owed, 1800 now.
  const crvusd m = market.untouched(10.0, 1500.0);
  const account<> a = loan(10.0, 12'500.0);
  const at p(1800.0);
  ASSERT_EQ(validate(m, a, p.quoted()), errc::ok);
  const long double x = sold_through(10.0L, 1500.0L, 100.0L, 10);
  const long double reported = (x * 0.94L + 300.0L * 10.0L) / 12'500.0L - 1.0L;
  EXPECT_TRUE(test::close(static_cast<long double>(m.reported(a, p.quoted())), reported, 1e-13L));
  const long double factor = 18'000.0L / (12'500.0L + 15'000.0L - x * 0.94L);
  const double health = health_factor(m.liquidation_form<double>(a), p.quoted());
  EXPECT_TRUE(test::close(static_cast<long double>(health), factor, 1e-14L));
  EXPECT_TRUE(test::close(m.distance_to_bands(1800.0), 0.2, T::route));
}

TEST(CrvUsd, TheFactorIsOneExactlyWhereTheControllersHealthIsZero) {
  test::random_numbers random(12);
  int liquidatable = 0;
  for (int i = 0; i < 2000; ++i) {
    const double y = random.log_uniform(1e-2, 1e4), p_up = random.log_uniform(1.0, 1e5);
    const crvusd m = market.untouched(y, p_up);
    const at p(p_up * random.uniform(1.0, 1.5));
    const account<> a = loan(y, m.x_down * random.uniform(0.6, 1.8));
    const double reported = m.reported(a, p.quoted());
    const double health = health_factor(m.liquidation_form<double>(a), p.quoted());
    if (std::fabs(reported) < 1e-12) continue;
    EXPECT_EQ(health < 1.0, reported < 0.0) << health << " " << reported;
    EXPECT_EQ(m.liquidate(a, p.quoted(), request).has_value(), reported < 0.0);
    liquidatable += reported < 0.0 ? 1 : 0;
    // At the debt that makes it zero, both say so.
    const account<> edge = loan(y, m.x_down * 0.94 + (p.values[0] - p_up) * y);
    EXPECT_TRUE(test::close(health_factor(m.liquidation_form<double>(edge), p.quoted()), 1.0, T::route));
    EXPECT_TRUE(test::within(m.reported(edge, p.quoted()), 0.0, T::route));
  }
  EXPECT_GT(liquidatable, 200);
}

TEST(CrvUsd, InsideTheBandsOnlyTheMomentThatWasReadIsKnown) {
  crvusd m = market.untouched(6.0, 1500.0);
  m.in_bands = true;
  m.x_down = 13'000.0;  // as read from the AMM at 1450, with 5,000 of it there already
  m.read_at = 1450.0;
  m.traded = 5'000.0;
  const account<> a = loan(6.0, 12'500.0);
  const at then(1450.0), later(1449.0);
  ASSERT_EQ(validate(m, a, then.quoted()), errc::ok);
  EXPECT_TRUE(
      test::close(health_factor(m.liquidation_form<double>(a), then.quoted()), 13'000.0 * 0.94 / 12'500.0, T::formula));
  EXPECT_TRUE(test::close(m.reported(a, then.quoted()), 13'000.0 * 0.94 / 12'500.0 - 1.0, T::route));
  EXPECT_EQ(validate(m, a, later.quoted()), errc::outside_validity);
  EXPECT_EQ(m.liquidate(a, later.quoted(), request).error(), errc::outside_validity);
  EXPECT_EQ(m.valid_prices(a, then.quoted(), m.collateral_slot), (price_range{1450.0, 1450.0}));
  EXPECT_FALSE(m.may_borrow(a, usd));
  EXPECT_FALSE(m.may_withdraw(a, weth));
  const auto out = m.liquidate(a, then.quoted(), request);  // health −2.2 %
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->repaid, 12'500.0);
  EXPECT_EQ(out->seized, 6.0);
  EXPECT_TRUE(
      test::close(m.bonus(a, then.quoted(), weth).fraction(), (6.0 * 1450.0 + 5'000.0) / 12'500.0 - 1.0, T::route));
}

TEST(CrvUsd, BelowTheUpperEdgeAndWithOtherCollateralTheFormRefuses) {
  const crvusd m = market.untouched(10.0, 1500.0);
  const account<> a = loan(10.0, 12'500.0);
  EXPECT_EQ(m.valid_prices(a, at(1800.0).quoted(), m.collateral_slot), (price_range{1500.0, infinity}));
  EXPECT_EQ(m.valid_prices(a, at(1800.0).quoted(), m.debt_slot), price_range{});
  EXPECT_EQ(validate(m, a, at(1500.0).quoted()), errc::ok);
  EXPECT_EQ(validate(m, a, at(1499.9).quoted()), errc::outside_validity);
  EXPECT_EQ(validate(m, loan(10.1, 12'500.0), at(1800.0).quoted()), errc::outside_validity) << "new bands";
  EXPECT_EQ(validate(m, loan(10.0, 12'600.0), at(1800.0).quoted()), errc::ok) << "interest";
  const change interest{.collateral = weth, .debt = usd, .debt_by = 100.0};
  EXPECT_EQ(health_factor(after(m.liquidation_form<double>(a), interest), at(1800.0).quoted()),
            health_factor(m.liquidation_form<double>(loan(10.0, 12'600.0)), at(1800.0).quoted()));
}

TEST(CrvUsd, NewDebtIsNeverMoreThanTheControllerLends) {
  test::random_numbers random(13);
  for (int i = 0; i < 2000; ++i) {
    const double y = random.log_uniform(1e-2, 1e4), price = random.log_uniform(1.0, 1e5);
    const crvusd m = market.untouched(y, price * random.uniform(0.3, 1.0));
    const account<> a = loan(y, m.max_debt(y, price) * random.uniform(0.5, 1.5));
    // The controller: x_down of bands that begin at most one below the price, less the loan discount.
    const long double lent = sold_through(y, price * 0.99L, 100.0L, 10) * 0.91L;
    EXPECT_TRUE(test::close(static_cast<long double>(m.max_debt(y, price)), lent, 1e-13L));
    if (health_factor(m.borrow_form<double>(a), at(price).quoted()) >= 1.0) {
      EXPECT_LE(a[1].debt, lent);
    }
  }
}

TEST(CrvUsd, APartialLiquidatorGetsLessThanHisShare) {
  // d = 6 %: half the debt for (1.03/1.06·0.5 + 0.5)·0.5 of the bands.
  EXPECT_TRUE(test::close(market.removed_share(0.5), (1.03 / 1.06 * 0.5 + 0.5) * 0.5, T::formula));
  EXPECT_EQ(market.removed_share(1.0), 1.0);
  const crvusd m = market.untouched(10.0, 1500.0);
  const account<> a = loan(10.0, 14'500.0);
  const at p(1500.0);
  const auto out = m.liquidate(a, p.quoted(), {.debt = usd, .collateral = weth, .repay = 7'250.0});
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->repaid, 7'250.0);
  EXPECT_TRUE(test::close(out->seized, 10.0 * market.removed_share(0.5), T::formula));
  EXPECT_EQ(out->debt_left, 7'250.0);
  EXPECT_EQ(out->bad_debt, 0.0);
}

TEST(CrvUsd, WhereTheBandsAreIsJudgedInCrvUsdWhateverThePricesAreIn) {
  const crvusd m = market.untouched(10.0, 1500.0);
  for (const double unit : {1.0, 2.0, 0.25}) {
    const double above[] = {1800.0 * unit, unit, unit}, below[] = {1499.0 * unit, unit, unit};
    EXPECT_EQ(validate(m, loan(10.0, 12'500.0), oracle_prices<double>(above)), errc::ok) << unit;
    EXPECT_EQ(validate(m, loan(10.0, 12'500.0), oracle_prices<double>(below)), errc::outside_validity) << unit;
  }
  const double one[] = {1800.0};
  EXPECT_EQ(validate(market, account<>{}, oracle_prices<double>(one)), errc::size_mismatch);
}

}  // namespace

namespace laws {
namespace {

struct above_the_bands {
  static constexpr bool takes_the_whole_position = true;  // its bonus is what the bands hold
  static long double direct(const auto& c) {
    const auto& m = c.model;
    const long double y = c.account[0].collateral, kept = sold_through(y, m.p_up, 100.0L, 10) * 0.94L;
    return y * c.prices[0] /
           (c.account[1].debt * static_cast<long double>(c.prices[1]) + (y * m.p_up - kept) * c.prices[2]);
  }
  static void settle(auto& c) {
    c.prices[2] = 1.0;
    c.model = c.model.untouched(c.account[0].collateral, 0.6 * c.prices[0]);
  }
  static auto make() {
    return health_case<crvusd, 3>{
        market.untouched(10.0, 1500.0), loan(10.0, 12'500.0), {1800.0, 1.0, 1.0}, weth, usd, {0}, {1}};
  }
};
struct inside_the_bands {
  static constexpr bool takes_the_whole_position = true;
  static long double direct(const auto& c) {
    return static_cast<long double>(c.model.x_down) * 0.94L * c.prices[2] /
           (static_cast<long double>(c.account[1].debt) * c.prices[1]);
  }
  static void settle(auto& c) {
    c.model.held = c.account[0].collateral;
    c.prices[2] = 1.0;
    c.model.read_at = c.prices[0];
  }
  static auto make() {
    crvusd m = market.untouched(10.0, 1500.0);
    m.in_bands = true;
    m.read_at = 1450.0;
    m.traded = 500.0;
    return health_case<crvusd, 3>{m, loan(10.0, 12'500.0), {1450.0, 1.0, 1.0}, weth, usd, {0}, {1}};
  }
};
using loans = testing::Types<above_the_bands, inside_the_bands>;
INSTANTIATE_TYPED_TEST_SUITE_P(CrvUsd, HealthModelLaws, loans);
INSTANTIATE_TYPED_TEST_SUITE_P(CrvUsd, LiquidationLaws, loans);
INSTANTIATE_TYPED_TEST_SUITE_P(CrvUsd, HealthScalarLaws, loans);

}  // namespace
}  // namespace laws

namespace {

TEST(CrvUsd, AnImpossibleLoanIsRefused) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const crvusd fine = market.untouched(10.0, 1500.0);
  const auto refused = [&](auto damage) {
    crvusd m = fine;
    damage(m);
    return m.validate(account<>{});
  };
  for (const double bad : {-1.0, 900.1, nan})
    EXPECT_EQ(refused([&](crvusd& m) { m.liquidation_discount = {bad}; }), errc::threshold_range) << bad;
  EXPECT_EQ(refused([&](crvusd& m) { m.loan_discount = {1e4}; }), errc::threshold_range);
  for (const double bad : {1.0, 0.0, nan, infinity})
    EXPECT_EQ(refused([&](crvusd& m) { m.amplification = bad; }), errc::bad_configuration) << bad;
  for (const int bad : {0, 51}) EXPECT_EQ(refused([&](crvusd& m) { m.bands = bad; }), errc::bad_configuration) << bad;
  for (const double bad : {-1.0, nan, infinity}) {
    EXPECT_EQ(refused([&](crvusd& m) { m.held = bad; }), errc::bad_configuration) << bad;
    EXPECT_EQ(refused([&](crvusd& m) { m.x_down = bad; }), errc::bad_configuration) << bad;
    EXPECT_EQ(refused([&](crvusd& m) { m.p_up = bad; }), errc::bad_configuration) << bad;
  }
  EXPECT_EQ(refused([&](crvusd& m) { m.x_down = m.p_up = 0.0; }), errc::bad_configuration) << "never read";
  EXPECT_EQ(refused([&](crvusd& m) { m.x_down = 0.0; }), errc::bad_configuration);
  EXPECT_EQ(refused([&](crvusd& m) { m.x_down = 16'000.0; }), errc::bad_configuration) << "above y·p_up";
  EXPECT_EQ(refused([&](crvusd& m) { m.in_bands = true; }), errc::bad_configuration) << "read at no price";
  EXPECT_EQ(refused([&](crvusd& m) { m.stablecoin = weth; }), errc::bad_configuration);
  account<> a;
  ASSERT_EQ(a.add({.asset = usd, .collateral = 1.0}), errc::ok);
  EXPECT_EQ(fine.validate(a), errc::asset_mismatch);
}

}  // namespace
}  // namespace trimtab
