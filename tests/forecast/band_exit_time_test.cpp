// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/band_exit_time.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>
#include <limits>

namespace trimtab::forecast {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

struct reference {
  double low, high, start, drift, volatility, years;
  long double exits, stays;
};

/// The sines of the definition summed to 80 digits and more (mpmath), where they cancel most: drifts that carry ln HF
/// across the band or out of it, starts next to an edge, either probability small.
constexpr reference references[] = {
    {0.4062136289250571, 0.5082967338877691, 0.4062143708184573, -7594.192128753987, 2.1888812723895237,
     9.97435051074481e-05, 1.0L, 4.39178929358731619020e-269L},
    {-0.01621749825826302, -0.000412627697481828, -0.00089817408105544, 43.06541628253149, 0.18167947291638148,
     0.018592622026101853, 1.0L, 2.00636390346370422212e-235L},
    {0.4425686691591446, 0.45373178766019834, 0.4430946006641337, 262.4420184779713, 0.16733809017320617,
     0.00047799660677755323, 1.0L, 1.54606325204316212532e-217L},
    {-0.5207332702649814, -0.5083722552248936, -0.5085186282017217, 31868.851980298437, 1.963849157246213,
     1.7061928328923523e-06, 1.0L, 9.14792893780028273774e-102L},
    {0.8552344849949669, 2.1131019835956932, 1.6640524528380984, -5.239910899911954, 0.3659789571176448,
     1.8803096939425952, 1.0L, 9.79785954003941731690e-74L},
    {0.4970275539175064, 0.5530244560105199, 0.5530240187875246, 203.24403351890797, 0.21612701405129733,
     0.0004057746618646932, 1.0L, 2.65900924213786149863e-85L},
    {0.1616455917122015, 0.3085098713609861, 0.2525612880544644, 572.6460134029129, 1.4061426618513737,
     0.0016986695251175472, 1.0L, 1.23706329708103187784e-57L},
    {-0.11487965842989012, 0.12721439063341142, 0.12717183962169623, 66.78059413502413, 0.26102308002431,
     0.0012873576675064913, 0.9999999999999999999999L, 2.18389861519759725319e-23L},
    {0.9287413364062027, 1.1101504035073055, 1.110139679749822, -876.9811895386655, 0.8708425238092778,
     0.0003061061151672919, 0.9999999999276145032297L, 7.23854967702220547465e-11L},
    {-0.8815871921369063, -0.5333024912139652, -0.8815729241680453, 0.9215973881534721, 0.07080374610622676,
     0.735654539073257, 0.9999999999515482163134L, 4.84517836865822588840e-11L},
    {0.1887586361195832, 0.2235579377887533, 0.22345303400358313, 13.85755743163417, 0.11938560127998717,
     0.0041995139517699495, 0.9999999999999998958464L, 1.04153585421604706357e-16L},
    {-0.2568974765960521, -0.24044280624716607, -0.25685652081497584, -314.8440787464632, 0.5325656060159447,
     7.591057283527762e-05, 0.9999999995646644327375L, 4.35335567262412515600e-10L},
    {0.3957394689453855, 1.0826626506480626, 1.08266076572116, 0.0, 2.443031824688815, 0.0006076705558754883,
     0.9999750269634294784285L, 0.0000249730365705215714L},
    {-0.3114030670446184, 0.8410517582330213, 0.5552409687587163, -0.09778072509661785, 0.057501014785247266,
     19.428136945806795, 0.9999860385274331755974L, 0.0000139614725668244025L},
    {-0.028006598241967495, -0.01196422466657071, -0.02800531378831949, 0.0, 0.10230894252590814, 0.004197289990068567,
     0.9998619090918742560446L, 0.0001380909081257439553L},
    {0.8807526592594892, 1.0603669114635843, 1.0546125260770947, 1021.2416995341562, 3.1062220043414768,
     0.0008758956848617287, 0.9999999999999999999999L, 2.55150651556982569152e-24L},
    {0.006064976412995193, 0.05805001274319155, 0.006141932358766057, 112.8193760245182, 0.537824914556696,
     0.0031317998752590456, 0.9999999999999999999999L, 9.53272709092098198799e-27L},
    {-0.6348122757527688, -0.4130499209391486, -0.42107474020938235, 6.762936114495414, 0.3311148088803345,
     1.3639995809192396, 1.0L, 4.95785006647952738620e-133L},
    {-0.20008931419637288, -0.17928779258723615, -0.18991407621140632, 38.05631403298587, 1.6950561329903495,
     1.723052505499088e-07, 1.85577285764854875431e-47L, 1.0L},
    {0.2973685330678226, 0.3099600057959367, 0.30421539233915845, 0.0, 0.10874100029014759, 1.4253215353947595e-05,
     1.71982636053406983716e-44L, 1.0L},
    {0.7224906179551009, 0.8080129953281241, 0.7871424020450248, -208.7249743435856, 0.29279593960996997,
     0.00012405639995184494, 1.01674722078773903004e-32L, 1.0L},
    {-0.42299316945734056, 0.261081088258285, 0.04227662974259322, -6.197080405798366, 0.7961567139819095,
     0.0008190272490588782, 8.92114991523409504732e-23L, 0.9999999999999999999999L},
    {0.9062227309969784, 1.2009401186848518, 1.0645682739792552, 0.00372088489936271, 0.8640103384522673,
     0.0009475210658724037, 0.0000002963283932686962L, 0.9999997036716067313037L},
    {-0.4808502182464076, -0.4561809088747774, -0.47081578399041474, 0.0, 0.255735741305079, 0.00013786892353181784,
     0.0008337462200054962315L, 0.9991662537799945037684L},
    {0.6754844017015091, 0.6893990304789557, 0.679720077207725, 0.0, 1.3709735480205598, 3.707595823592095e-07,
     0.0000003896120224910431L, 0.9999996103879775089568L},
};

TEST(BandExitTime, KeepsTheDigitsOfBothSides) {
  long double worst = 0.0L;
  for (const reference& r : references) {
    const band_time at = exit_by({r.drift, r.volatility}, r.low, r.high, r.start, r.years);
    const long double error =
        std::max(test::relative_error(at.exits, r.exits), test::relative_error(at.stays, r.stays));
    EXPECT_LE(error, 1e-12L) << r.low << ' ' << at.exits << ' ' << at.stays;
    worst = std::max(worst, error);
    const band_time mirror = exit_by({-r.drift, r.volatility}, -r.high, -r.low, -r.start, r.years);
    EXPECT_EQ(mirror.exits, at.exits);
    EXPECT_EQ(mirror.above, at.below);
    EXPECT_TRUE(test::close(mirror.stays, at.stays, 1e-13));
  }
  std::cout << "worst " << worst << '\n';
}

/// Reflections and sines share no formula, and overlap.
TEST(BandExitTime, BothSeriesAgreeWhereBothHold) {
  test::random_numbers random(1);
  for (int n = 0; n < 2000; ++n) {
    const double l = random.log_uniform(0.01, 2.0), u = l * random.uniform(0.02, 0.98),
                 sigma = random.uniform(0.1, 2.0);
    const double t = random.uniform(0.15, 0.22), years = t * l * l / (sigma * sigma);
    const motion m{random.uniform(-3.0, 3.0) * sigma * sigma / l, sigma};
    const detail::between_edges at{m, doubled<double>(u), doubled<double>(l) - doubled<double>(u), years, l};
    const band_exit ever = exit_of(m, 0.0, l, u);
    const double early = detail::lower_by_images(at), late = ever.below - detail::lower_by_sines(at, false);
    EXPECT_NEAR(early, late, 1e-14) << t << ' ' << u / l;
    const double image = detail::lower_density_by_images(at), sine = detail::lower_by_sines(at, true);
    EXPECT_NEAR(image * years, sine * years, 1e-13) << t << ' ' << u / l;
    const double stays = detail::lower_by_sines(at, false) + detail::lower_by_sines(at.mirrored(), false);
    EXPECT_TRUE(test::close(detail::stays_by_quadrature(at), stays, 1e-12)) << t << ' ' << u / l;
  }
}

TEST(BandExitTime, DensityIsTheSlopeAndIntegratesToTheMean) {
  test::random_numbers random(2);
  for (int n = 0; n < 200; ++n) {
    const motion m{random.uniform(-3.0, 3.0), random.uniform(0.3, 1.5)};
    const double low = random.uniform(-0.5, 0.5), high = low + random.uniform(0.1, 1.0);
    const double start = low + (high - low) * random.uniform(0.05, 0.95);
    const double mean = exit_of(m, low, high, start).mean_years;
    for (const double of : {0.1, 0.5, 1.0, 3.0}) {
      const double years = of * mean, h = 1e-4 * years;
      const auto stays = [&](double t) { return exit_by(m, low, high, start, t).stays; };
      const double slope =
          (8.0 * (stays(years - h) - stays(years + h)) - (stays(years - 2.0 * h) - stays(years + 2.0 * h))) /
          (12.0 * h);
      EXPECT_NEAR(exit_density(m, low, high, start, years) * mean, slope * mean, 1e-9) << of;
    }
    // E τ = ∫P(τ > t)dt and E e^{−ατ} = ∫e^{−αt}f(t)dt, in ln t where both are smooth.
    const double alpha = 1.0 / mean, step = 0.02;
    double area = 0.0, discounted = 0.0;
    for (double y = std::log(mean) - 36.0; y < std::log(mean) + 6.0; y += step) {
      const double t = std::exp(y);
      area += step * t * exit_by(m, low, high, start, t).stays;
      discounted += step * t * std::exp(-alpha * t) * exit_density(m, low, high, start, t);
    }
    EXPECT_TRUE(test::close(area, mean, 1e-10)) << n;
    const discounted_exit both = discounted_exit_of(m, low, high, start, alpha);
    EXPECT_TRUE(test::close(discounted, both.below + both.above, 1e-10)) << n;
  }
}

/// Paths of 400 steps a mean time; between two steps an edge is met with the probability of a Brownian bridge.
TEST(BandExitTime, SimulatedPathsAgree) {
  const motion m{0.4, 0.8};
  const double low = 0.1, high = 0.75, start = 0.3;
  const band_exit ever = exit_of(m, low, high, start);
  const double dt = ever.mean_years / 400.0, root = m.volatility * std::sqrt(dt), horizon = 300.0 * dt;
  const simulate::counter_random steps{.seed = 2002, .stream = 1}, bridges{.seed = 2002, .stream = 2};
  constexpr int paths = 10'000;
  double above = 0.0, time = 0.0, squares = 0.0, by = 0.0, above_by = 0.0, time_above = 0.0, squares_above = 0.0;
  std::uint64_t n = 0;
  for (int path = 0; path < paths; ++path) {
    double x = start, t = 0.0;
    bool up = false;
    for (bool inside = true; inside; t += dt) {
      const double next = x + m.drift * dt + root * steps.normal(n);
      const double over = next >= high ? 1.0 : std::exp(-2.0 * (high - x) * (high - next) / (root * root));
      const double under = next <= low ? 1.0 : std::exp(-2.0 * (x - low) * (next - low) / (root * root));
      const double draw = bridges.uniform(n++);
      up = draw < over;
      inside = !up && 1.0 - draw >= under;  // both edges within one step: never in practice
      x = next;
    }
    t -= 0.5 * dt;
    above += up, time += t, squares += t * t;
    if (t < horizon) by += 1.0, above_by += up;
    if (up) time_above += t, squares_above += t * t;
  }
  const auto share = [&](double seen, double expected, const char* what) {
    EXPECT_NEAR(seen / paths, expected, 3.0 * std::sqrt(expected * (1.0 - expected) / paths)) << what;
  };
  const band_time at = exit_by(m, low, high, start, horizon);
  share(above, ever.above, "above");
  share(by, at.exits, "exits");
  share(above_by, at.above, "above by then");
  share(by - above_by, at.below, "below by then");
  const double mean = time / paths, given = time_above / above;
  EXPECT_NEAR(mean, ever.mean_years, 3.0 * std::sqrt((squares / paths - mean * mean) / paths));
  EXPECT_NEAR(given, ever.mean_years_given_above, 3.0 * std::sqrt((squares_above / above - given * given) / above));
}

TEST(BandExitTime, RisesWithTimeFromNothingToEverything) {
  test::random_numbers random(3);
  for (int n = 0; n < 300; ++n) {
    const motion m{random.uniform(-3.0, 3.0), random.uniform(0.3, 1.5)};
    const double low = 0.1, high = 0.1 + random.log_uniform(0.01, 1.0);
    const double start = low + (high - low) * random.uniform(0.01, 0.99);
    const double mean = exit_of(m, low, high, start).mean_years;
    band_time before;
    for (double years = 1e-4 * mean; years < 100.0 * mean; years *= 1.1) {
      const band_time at = exit_by(m, low, high, start, years);
      EXPECT_GE(at.exits, before.exits - 4.0 * epsilon * before.exits);
      EXPECT_LE(at.stays, before.stays * (1.0 + 1e-13));
      EXPECT_GE(at.below, before.below - 1e-15);
      EXPECT_GE(at.above, before.above - 1e-15);
      EXPECT_NEAR(at.exits + at.stays, 1.0, 2.0 * epsilon);
      before = at;
    }
  }
}

TEST(BandExitTime, EdgesOfItsInput) {
  const double nan = std::nan("");
  const motion m{0.2, 0.5};
  EXPECT_EQ(exit_by(m, 0.0, 1.0, 0.5, 0.0).exits, 0.0);
  EXPECT_EQ(exit_by(m, 0.0, 1.0, 0.5, 0.0).stays, 1.0);
  const band_time ever = exit_by(m, 0.0, 1.0, 0.5, infinity);
  EXPECT_EQ(ever.exits, 1.0);
  EXPECT_EQ(ever.stays, 0.0);
  EXPECT_EQ(ever.below, exit_of(m, 0.0, 1.0, 0.5).below);
  for (const double start : {0.0, -1.0, -infinity}) {
    const band_time at = exit_by(m, 0.0, 1.0, start, 0.0);
    EXPECT_EQ(at.exits, 1.0);
    EXPECT_EQ(at.below, 1.0);
    EXPECT_EQ(at.stays, 0.0);
  }
  EXPECT_EQ(exit_by(m, 0.0, 1.0, 1.0, 0.5).above, 1.0);
  const auto is_nan = [](const band_time& t) {
    return t.exits != t.exits && t.stays != t.stays && t.below != t.below && t.above != t.above;
  };
  EXPECT_TRUE(is_nan(exit_by(m, 0.0, 1.0, 0.5, nan)));
  EXPECT_TRUE(is_nan(exit_by(m, 0.0, 1.0, 0.5, -1.0)));
  EXPECT_TRUE(is_nan(exit_by(m, 0.0, 1.0, nan, 1.0)));
  EXPECT_TRUE(is_nan(exit_by(m, 1.0, 0.0, 0.5, 1.0)));
  EXPECT_TRUE(is_nan(exit_by(m, nan, 1.0, 0.5, 1.0)));
  EXPECT_TRUE(is_nan(exit_by({nan, 0.5}, 0.0, 1.0, 0.5, 1.0)));
  EXPECT_TRUE(is_nan(exit_by({0.1, 0.0}, 0.0, 1.0, 0.5, 1.0)));
  EXPECT_TRUE(std::isnan(exit_density(m, 0.0, 1.0, 0.5, -1.0)));
  EXPECT_TRUE(std::isnan(exit_density({0.0, -1.0}, 0.0, 1.0, 0.5, 1.0)));
  for (const double years : {0.0, infinity}) EXPECT_EQ(exit_density(m, 0.0, 1.0, 0.5, years), 0.0);
  EXPECT_EQ(exit_density(m, 0.0, 1.0, 1.0, 0.5), 0.0);

  test::random_numbers random(4);
  for (int n = 0; n < 50'000; ++n) {
    const double most = n % 2 == 0 ? 1e75 : 1e5;
    const auto any = [&] { return (random.below(2) == 0 ? 1.0 : -1.0) * random.log_uniform(1.0 / most, most); };
    const motion wild{any(), std::fabs(any())};
    double low = any(), high = any();
    if (high < low) std::swap(low, high);
    const double start = low + (high - low) * random.uniform(0.0, 1.0), years = std::fabs(any());
    const band_time at = exit_by(wild, low, high, start, years);
    EXPECT_TRUE(at.exits >= 0.0 && at.exits <= 1.0 && at.stays >= 0.0 && at.stays <= 1.0 && at.below >= 0.0 &&
                at.below <= 1.0 && at.above >= 0.0 && at.above <= 1.0)
        << wild.drift << ' ' << wild.volatility << ' ' << low << ' ' << high << ' ' << start << ' ' << years;
    EXPECT_NEAR(at.exits + at.stays, 1.0, 2.0 * epsilon);
    EXPECT_GE(exit_density(wild, low, high, start, years), 0.0);
  }
}

TEST(BandExitQuantile, IsTheTimeOfItsProbability) {
  test::random_numbers random(5);
  for (int n = 0; n < 300; ++n) {
    const motion m{random.uniform(-3.0, 3.0), random.uniform(0.2, 1.5)};
    const double low = random.uniform(-0.5, 0.5), high = low + random.log_uniform(0.01, 1.0);
    const double start = low + (high - low) * random.uniform(0.01, 0.99);
    double before = 0.0;
    for (const double p : {1e-200, 1e-12, 0.01, 0.5, 0.5 + 1e-9, 0.9, 1.0 - 1e-12}) {
      const result<double> years = band_exit_quantile(m, low, high, start, p);
      ASSERT_TRUE(years.has_value()) << p;
      EXPECT_GT(*years, before);
      before = *years;
      const band_time at = exit_by(m, low, high, start, *years);
      // In years it is good to 1e-13; what that makes of ln P is up to the slope.
      const double slope = exit_density(m, low, high, start, *years) * *years;
      if (p <= 0.5) {
        EXPECT_LE(std::fabs(at.exits / p - 1.0), 1e-12 + 1e-13 * slope / p) << p;
      } else {
        EXPECT_LE(std::fabs(at.stays / (1.0 - p) - 1.0), 1e-12 + 1e-13 * slope / (1.0 - p)) << p;
      }
    }
  }
}

TEST(BandExitQuantile, RefusesByName) {
  const double nan = std::nan("");
  const motion m{0.2, 0.5};
  EXPECT_EQ(*band_exit_quantile(m, 0.0, 1.0, 0.0, 0.5), 0.0);
  EXPECT_EQ(*band_exit_quantile(m, 0.0, 1.0, 1.5, 0.5), 0.0);
  for (const double p : {0.0, 1.0, -0.1, 1.1})
    EXPECT_EQ(band_exit_quantile(m, 0.0, 1.0, 0.5, p).error(), errc::bad_configuration) << p;
  EXPECT_EQ(band_exit_quantile(m, 0.0, 1.0, 0.5, nan).error(), errc::not_finite);
  EXPECT_EQ(band_exit_quantile(m, 0.0, 1.0, nan, 0.5).error(), errc::not_finite);
  EXPECT_EQ(band_exit_quantile(m, nan, 1.0, 0.5, 0.5).error(), errc::not_finite);
  EXPECT_EQ(band_exit_quantile(m, 0.0, nan, 0.5, 0.5).error(), errc::not_finite);
  EXPECT_EQ(band_exit_quantile({nan, 0.5}, 0.0, 1.0, 0.5, 0.5).error(), errc::not_finite);
  EXPECT_EQ(band_exit_quantile({0.1, 0.0}, 0.0, 1.0, 0.5, 0.5).error(), errc::bad_configuration);
  EXPECT_EQ(band_exit_quantile(m, 1.0, 0.0, 0.5, 0.5).error(), errc::bad_configuration);
}

}  // namespace
}  // namespace trimtab::forecast
