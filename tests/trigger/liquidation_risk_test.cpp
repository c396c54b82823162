// SPDX-License-Identifier: MIT
#include <trimtab/trigger/liquidation_risk.hpp>

#include "laws/trigger_laws.hpp"
#include <string>

namespace trimtab {
namespace {

using trigger::liquidation_risk;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr liquidation_risk daily{
    .health = {.drift = -0.3, .volatility = 0.8}, .years = 2.0 / 365.0, .probability = 0.01, .emergency = 0.5};

double health_at(double probability) {
  return *forecast::required_health(daily.health, probability, daily.years);
}

TEST(LiquidationRisk, FiresWhereTheProbabilityIsReached) {
  EXPECT_FALSE(daily.fired(daily.step({}, {.health = health_at(0.0099)})).fired);
  const firing f = daily.fired(daily.step({}, {.health = health_at(0.0101)}));
  EXPECT_TRUE(f.fired);
  EXPECT_FALSE(f.emergency);
  EXPECT_EQ(f.towards, direction::deleverage);
  EXPECT_NEAR(daily.risk(f.target), 0.01 / 8.0, 1e-10);
  EXPECT_TRUE(daily.fired(daily.step({}, {.health = health_at(0.51)})).emergency);
}

TEST(LiquidationRisk, AnEpisodeLastsUntilTheRiskIsBackAtRearm) {
  auto state = daily.step({}, {.health = health_at(0.02)});
  state = daily.step(state, {.health = health_at(0.004)});
  EXPECT_TRUE(daily.fired(state).fired) << "0.004 alone would be no reason";
  EXPECT_FALSE(daily.fired(daily.step({}, {.health = health_at(0.004)})).fired);
  state = daily.step(state, {.health = health_at(0.0024)});
  EXPECT_FALSE(daily.fired(state).fired);
}

TEST(LiquidationRisk, UrgencyGrowsWithTheLogarithmOfTheProbability) {
  const auto urgency = [](double p) { return daily.fired(daily.step({}, {.health = health_at(p)})).urgency; };
  EXPECT_NEAR(urgency(0.010001), 0.0, 1e-4);
  EXPECT_NEAR(urgency(0.05), std::log(5.0) / std::log(50.0), 1e-6);
  EXPECT_NEAR(urgency(0.2), std::log(20.0) / std::log(50.0), 1e-6);
  EXPECT_EQ(urgency(0.51), 1.0);
  EXPECT_EQ(daily.fired(daily.step({}, {.health = nan})).urgency, 1.0);
  const auto eased = daily.step(daily.step({}, {.health = health_at(0.02)}), {.health = health_at(0.005)});
  EXPECT_TRUE(daily.fired(eased).fired);
  EXPECT_EQ(daily.fired(eased).urgency, 0.0);
}

TEST(LiquidationRisk, ItsEdgeMovesWithVolatility) {
  liquidation_risk wilder = daily;
  wilder.health.volatility *= 2.0;
  EXPECT_GT(wilder.quiet({}).low, daily.quiet({}).low);
  EXPECT_TRUE(wilder.fired(wilder.step({}, {.health = health_at(0.0099)})).fired);
}

TEST(LiquidationRisk, UnknownHealthIsAnEmergencyAndNoDebtIsNone) {
  EXPECT_TRUE(daily.fired(daily.step({}, {.health = nan})).emergency);
  EXPECT_FALSE(daily.fired(daily.step({}, {.health = infinity})).fired);
}

TEST(LiquidationRisk, BadConfigurationIsRefused) {
  const auto with = [](auto change) {
    liquidation_risk t = daily;
    change(t);
    return t.validate();
  };
  EXPECT_EQ(with([](auto&) {}), errc::ok);
  EXPECT_EQ(with([](auto& t) { t.health.volatility = 0.0; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& t) { t.health.drift = nan; }), errc::not_finite);
  EXPECT_EQ(with([](auto& t) { t.years = 0.0; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& t) { t.years = infinity; }), errc::not_finite);
  EXPECT_EQ(with([](auto& t) { t.probability = 0.0; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& t) { t.probability = 0.5; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& t) { t.rearm = 0.02; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& t) { t.target_probability = 0.01; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& t) { t.emergency = 1.1; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& t) { t.rearm = -0.1; }), errc::bad_configuration);
}

}  // namespace

namespace laws {
namespace {

struct risk_grid : band_grid {
  static constexpr double emergency = 1.0;
  static constexpr trigger::liquidation_risk trigger() {
    return {.health = {.drift = -0.3, .volatility = 0.8}, .years = 10.0 / 365.0, .probability = 0.1};
  }
};
INSTANTIATE_TYPED_TEST_SUITE_P(LiquidationRisk, TriggerLaws, testing::Types<risk_grid>);

}  // namespace
}  // namespace laws
}  // namespace trimtab
