// SPDX-License-Identifier: MIT
#include <trimtab/oracle/moving_average.hpp>

#include "laws/oracle_guard_laws.hpp"
#include "support/random.hpp"

namespace trimtab {
namespace {

using oracle::exponential_average;
using oracle::moving_average;

constexpr timestamp start = at_unix(1'700'000'000);
constexpr seconds tau{866};

TEST(MovingAverage, ASpotPriceEntersOnlyByHavingStood) {
  exponential_average a = exponential_average{}.after(100.0, start, tau);
  EXPECT_EQ(a.average, 100.0);
  // Within one moment any number of spots leave no trace in the average.
  a = a.after(100.0, start + seconds{12}, tau);
  for (const double spot : {1e6, 1e-6, 500.0, 100.0}) {
    a = a.after(spot, start + seconds{12}, tau);
    EXPECT_EQ(a.average, 100.0);
    EXPECT_EQ(a.last_spot, spot);
  }
  a = a.after(200.0, start + seconds{12}, tau);
  EXPECT_EQ(a.read(start + seconds{12}, tau), 100.0);
  const double kept = std::exp(-12.0 / 866.0);
  EXPECT_DOUBLE_EQ(a.read(start + seconds{24}, tau), 200.0 * (1.0 - kept) + 100.0 * kept);
  EXPECT_EQ(a.read(start, tau), a.average) << "before its last moment";
}

/// A step of the price: what is missing halves every half-life, whatever the looks in between.
TEST(MovingAverage, LagsByHalfOfAStepEachHalfLife) {
  const std::chrono::duration<double> half_life{600.0};
  const auto constant = half_life / std::log(2.0);
  exponential_average once = exponential_average{}.after(100.0, start, constant).after(200.0, start, constant);
  exponential_average often = once;
  for (int half = 1; half <= 8; ++half) {
    const timestamp end = start + seconds{600 * half};
    for (int i = 9; i >= 0; --i) often = often.after(200.0, end - seconds{60 * i}, constant);
    const double expected = 200.0 - 100.0 * std::pow(0.5, half);
    EXPECT_NEAR(once.read(end, constant), expected, 1e-12 * expected);
    EXPECT_NEAR(often.read(end, constant), expected, 1e-12 * expected);
  }
}

/// The whole history in 64 bits, as a sum of weights instead of a recursion.
TEST(MovingAverage, IsTheWeightedSumOfWhatStood) {
  test::random_numbers random(31);
  for (int round = 0; round < 200; ++round) {
    const int looks = 1 + static_cast<int>(random.below(40));
    std::vector<long double> spots, times;
    long long t = 0;
    exponential_average a{};
    for (int i = 0; i < looks; ++i) {
      const double spot = random.log_uniform(50.0, 200.0);
      a = a.after(spot, start + seconds{t}, tau);
      spots.push_back(spot), times.push_back(static_cast<long double>(t));
      t += static_cast<long long>(random.below(400));
    }
    const auto left = [&](long double since) { return std::exp((since - static_cast<long double>(t)) / 866.0L); };
    long double sum = spots[0] * left(times[0]);
    for (std::size_t i = 0; i < spots.size(); ++i) {
      const long double until = i + 1 < times.size() ? times[i + 1] : static_cast<long double>(t);
      sum += spots[i] * (left(until) - left(times[i]));
    }
    const double got = a.read(start + seconds{t}, tau);
    ASSERT_NEAR(got, static_cast<double>(sum), 1e-13 * got);
  }
}

/// The variance of ln(spot/average) of a random walk is σ²τ/2 (a window of 1.5·τ has as much).
TEST(MovingAverage, IsAsFarFromAWalkAsAWindowOfOneAndAHalfTimeConstants) {
  test::random_numbers random(37);
  const double step = 1e-4;
  double x = 0.0, squares = 0.0;
  int count = 0;
  exponential_average a = exponential_average{}.after(1.0, start, seconds{200});
  for (int i = 1; i <= 2'000'000; ++i) {
    x += random.below(2) == 0 ? step : -step;
    a = a.after(std::exp(x), start + seconds{i}, seconds{200});
    if (i % 500 == 0 && i > 5000) squares += std::pow(x - std::log(a.average), 2.0), ++count;
  }
  // About 4000 samples, nearly independent: 4·√(2/4000) = 9 %.
  EXPECT_NEAR(squares / count / (step * step * 200.0 / 2.0), 1.0, 0.09);
}

TEST(MovingAverage, WithoutATimeConstantThereIsNone) {
  const exponential_average a = exponential_average{}.after(100.0, start, tau);
  EXPECT_TRUE(std::isnan(a.read(start + seconds{1}, seconds{0})));
  EXPECT_TRUE(std::isnan(a.read(start + seconds{1}, seconds{-1})));
}

struct watcher {
  moving_average guard{.limit = {300.0}, .time_constant = tau};
  moving_average::state_type state{};
  timestamp now = start;
  trust look(double reference, double protocol, seconds pause = seconds{12}) {
    now += pause;
    const auto got = guard.step(state, {{protocol, now}, {reference, now}}, now);
    state = got.state;
    return got.verdict;
  }
};

TEST(MovingAverage, TheOneThatLeavesItAloneIsNotBelieved) {
  const auto second = [](double reference, double protocol) {
    watcher w;
    w.look(100.0, 101.0);
    return w.look(reference, protocol);
  };
  EXPECT_EQ(watcher{}.look(100.0, 50.0), trust::ok) << "the first look has nothing to compare with";
  EXPECT_EQ(second(102.0, 102.0), trust::ok);
  EXPECT_EQ(second(110.0, 101.0), trust::ours_bad);
  EXPECT_EQ(second(100.0, 80.0), trust::protocol_bad);
  EXPECT_EQ(second(80.0, 80.0), trust::ok) << "both fell: that is the market";
  EXPECT_EQ(second(120.0, 80.0), trust::both_bad);
}

/// A spike of one block is doubted in that block, and in the next nothing is left of it but its weight of 12 s.
TEST(MovingAverage, AFlashLoansSpikeIsOursAndPasses) {
  watcher w;
  for (int i = 0; i < 10; ++i) ASSERT_EQ(w.look(100.0, 100.0), trust::ok);
  EXPECT_EQ(w.look(150.0, 100.0), trust::ours_bad);
  EXPECT_EQ(w.look(150.0, 100.0, seconds{0}), trust::ours_bad);
  EXPECT_EQ(w.look(100.0, 100.0), trust::ok);
}

TEST(MovingAverage, AJumpThatStaysBecomesTheLevel) {
  watcher w;
  w.look(100.0, 100.0);
  // 10 % away, 3 % allowed: about τ·ln(10/3.2) ≈ 980 s.
  int blocks = 0;
  while (w.look(110.0, 100.0) == trust::ours_bad && blocks < 1000) ++blocks;
  EXPECT_GT(blocks, 70);
  EXPECT_LT(blocks, 95);
}

TEST(MovingAverage, AStateFromTheFutureKeepsItsAverage) {
  watcher w;
  w.look(100.0, 100.0, year);
  w.now = start;
  EXPECT_EQ(w.look(120.0, 100.0), trust::ours_bad);
  EXPECT_EQ(w.state.reference.at, w.now);
  EXPECT_EQ(w.look(120.0, 100.0, seconds{86'400}), trust::ok);
}

TEST(MovingAverage, NoLimitOrNoTimeConstantIsRefused) {
  EXPECT_EQ(moving_average{}.validate(), errc::ok);
  for (const double bad : {0.0, -1.0, infinity, std::nan("")})
    EXPECT_EQ((moving_average{.limit = {bad}}.validate()), errc::bad_configuration);
  EXPECT_EQ((moving_average{.time_constant = seconds{0}}.validate()), errc::bad_configuration);
}

}  // namespace

namespace laws {
namespace {

struct moving_average_case {
  static constexpr unsigned reads = reads_prices;
  static constexpr oracle::moving_average guard() { return {}; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(MovingAverage, OracleGuardLaws, moving_average_case);

}  // namespace
}  // namespace laws
}  // namespace trimtab
