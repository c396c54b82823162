// SPDX-License-Identifier: MIT
#include <trimtab/oracle/time_weighted.hpp>
#include <trimtab/oracle/twap_tolerance.hpp>

#include "laws/oracle_guard_laws.hpp"
#include "support/random.hpp"

namespace trimtab {
namespace {

using oracle::honest_distance;
using oracle::twap_tolerance;

constexpr timestamp now = at_unix(1'700'000'000);
constexpr twap_tolerance guard{.limit = {500.0}};
constexpr guarded<twap_tolerance::state_type> judge(double reference, double protocol, observation average) {
  return guard.step({}, {.protocol = {protocol, now}, .reference = {reference, now}, .average = average}, now);
}
static_assert(judge(100.0, 100.0, {100.0, now}).verdict == trust::ok);
static_assert(judge(140.0, 100.0, {100.5, now}).verdict == trust::ours_bad, "a flash loan's spike of our pool");
static_assert(judge(100.0, 130.0, {100.5, now}).verdict == trust::protocol_bad);
static_assert(judge(80.0, 81.0, {100.0, now}).verdict == trust::unknown, "the market fell, the average follows");
static_assert(judge(80.0, 81.0, {100.0, now}).why == doubt::average);

TEST(TwapTolerance, AnAverageThatIsStaleOrMissingKnowsNothing) {
  EXPECT_EQ(judge(100.0, 100.0, {100.0, now - seconds{61}}).verdict, trust::unknown);
  EXPECT_EQ(judge(100.0, 100.0, {100.0, now - seconds{61}}).why, doubt::age);
  EXPECT_EQ(judge(100.0, 100.0, {}).why, doubt::no_price);
  constexpr twap_tolerance lenient{.average = {.only_where_given = true}};
  EXPECT_EQ(lenient.step({}, {{100.0, now}, {100.0, now}}, now).verdict, trust::ok);
  EXPECT_EQ(lenient.step({}, {{-100.0, now}, {100.0, now}}, now).verdict, trust::protocol_bad) << "that is no price";
}

TEST(TwapTolerance, TheEdgeIsTheLimit) {
  EXPECT_EQ(judge(105.0 * (1 - 1e-12), 100.0, {100.0, now}).verdict, trust::ok);
  EXPECT_EQ(judge(105.0 * (1 + 1e-12), 100.0, {100.0, now}).verdict, trust::ours_bad);
  EXPECT_EQ(judge(100.0 / 1.05 * (1 + 1e-12), 100.0, {100.0, now}).verdict, trust::ok);
  EXPECT_EQ(judge(100.0 / 1.05 * (1 - 1e-12), 100.0, {100.0, now}).verdict, trust::ours_bad);
}

TEST(TwapTolerance, HonestDistanceIsTheStandardDeviationOfARandomWalk) {
  // 80 % a year, half an hour: σ√W/√3 = 0.8·√(1800/31 536 000)/√3
  const double sigma = 0.8 * std::sqrt(1800.0 / 31'536'000.0) / std::sqrt(3.0);
  EXPECT_NEAR(honest_distance({0.0}, 1.0, 0.8, seconds{1800}).fraction(), std::expm1(sigma), 1e-15);
  EXPECT_NEAR(honest_distance({0.0}, 3.0, 0.8, seconds{1800}).fraction(), std::expm1(3.0 * sigma), 1e-15);
  EXPECT_NEAR(honest_distance({100.0}, 3.0, 0.8, seconds{60}).fraction(), std::expm1(0.01), 1e-15) << "the floor";
  const basis_points none = honest_distance({100.0}, 3.0, std::nan(""), seconds{60});
  EXPECT_EQ((twap_tolerance{.limit = none}.validate()), errc::bad_configuration);
}

/// 20 000 walks of 180 steps: the sample's variance lies within 4 standard errors (4·√(2/20 000) = 4 %) of σ²W/3, of
/// which the steps leave (1 − 1/2n)(1 − 1/n).
TEST(TwapTolerance, SimulatedWalksAreAsFarFromTheirAverageAsItSays) {
  test::random_numbers random(77);
  constexpr int walks = 20'000, steps = 180;
  const double step = 0.8 * std::sqrt(10.0 / 31'536'000.0);  // ten seconds
  double squares = 0.0, ratio = 0.0;
  std::vector<observation> path(steps);
  for (int walk = 0; walk < walks; ++walk) {
    double x = 0.0;
    for (int i = 0; i < steps; ++i) {
      path[static_cast<std::size_t>(i)] = {std::exp(x), now + seconds{10 * i}};
      x += random.below(2) == 0 ? step : -step;
    }
    const auto mean = oracle::means_over(path, now, now + seconds{10 * steps});
    ASSERT_TRUE(mean.has_value());
    const double gap = x - std::log(mean->arithmetic);
    squares += gap * gap;
    ratio += std::log(mean->arithmetic / mean->geometric);
  }
  const double variance = step * step * steps;
  EXPECT_NEAR(squares / walks / (variance / 3.0), 1.0, 0.045);
  EXPECT_NEAR(ratio / walks / (variance / 12.0), 1.0, 0.045) << "arithmetic above geometric";
}

TEST(TwapTolerance, ALimitThatIsNoneIsRefused) {
  EXPECT_EQ(twap_tolerance{}.validate(), errc::ok);
  for (const double bad : {0.0, -1.0, infinity, std::nan("")})
    EXPECT_EQ((twap_tolerance{.limit = {bad}}.validate()), errc::bad_configuration);
  EXPECT_EQ((twap_tolerance{.average = {.max_age = seconds{-1}}}.validate()), errc::bad_configuration);
}

}  // namespace

namespace laws {
namespace {

struct average_case {
  static constexpr unsigned reads = reads_prices | reads_average;
  static constexpr oracle::twap_tolerance guard() { return {}; }
};
struct lenient_average_case {
  static constexpr unsigned reads = reads_prices | reads_average;
  static constexpr oracle::twap_tolerance guard() { return {.limit = {1000.0}, .average = {.only_where_given = true}}; }
};
using averages = testing::Types<average_case, lenient_average_case>;
INSTANTIATE_TYPED_TEST_SUITE_P(TwapTolerance, OracleGuardLaws, averages);

}  // namespace
}  // namespace laws
}  // namespace trimtab
