find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
include(GoogleTest)

# gatehouse_test(<name> SOURCES … LIBRARIES …): one test program whose every TEST is a ctest case.
# HEADERS: the precompiled headers it uses (tests/precompiled), where not test_headers.
# OPTIMISED: it is busy itself, so it is; with test_library_headers.
# UNTHREADED: it starts no thread, so the thread sanitizer has nothing to find in it and passes it over.
function(gatehouse_test name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "UNTHREADED;OPTIMISED" "TIMEOUT_S;HEADERS" "SOURCES;LIBRARIES")
  if(NOT ARG_TIMEOUT_S)
    set(ARG_TIMEOUT_S 60)
  endif()
  if(ARG_OPTIMISED)
    set(ARG_HEADERS test_library_headers)
  elseif(NOT ARG_HEADERS)
    set(ARG_HEADERS test_headers)
  endif()
  if(GATEHOUSE_SANITIZE)
    # Such a program takes several times as long, the programs it starts too.
    math(EXPR ARG_TIMEOUT_S "3 * ${ARG_TIMEOUT_S}")
  endif()
  set(label ${name})
  if(ARG_UNTHREADED)
    set(label unthreaded.${name})  # one: gtest_discover_tests passes no list on
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} GTest::gmock GTest::gtest_main)
  if(NOT ARG_OPTIMISED)
    not_optimised(${name})
  endif()
  precompiled(${ARG_HEADERS} ${name})
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT ${ARG_TIMEOUT_S} LABELS ${label})
endfunction()
