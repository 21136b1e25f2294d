# cmake --build DIR --target bench: measures this build against what its building blocks allow, side
# by side in one run. Writes DIR/bench.json and docs/evidence/bench.md; judges nothing, so no test
# depends on it. BENCH_PEERS=DIR: a folder with other programs to run beside it (tests/bench/run.py).
# --target bench-pages: the pages alone; writes docs/evidence/pages.md.
# --target bench-policy: the decision, beside another engine's (needs npm); writes
# docs/evidence/policy-speed.md.
function(bench)
  if(CNIS_SANITIZE OR CNIS_ANALYSE OR CNIS_FUZZ)
    return() # another program would be measured
  endif()
  foreach(name load limit)
    set(target bench_${name})
    view_make(${target} base crypto policy register)
    add_executable(${target} EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/bench/${name}.c)
    set_target_properties(${target} PROPERTIES
      C_EXTENSIONS ON RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    target_compile_options(${target} PRIVATE ${TEST_WARNINGS} -D_GNU_SOURCE=)
    target_include_directories(${target} PRIVATE ${VIEWS}/${target})
  endforeach()
  foreach(layer register policy crypto base)
    variant_name(library ${layer} product)
    target_link_libraries(bench_limit PRIVATE ${library})
  endforeach()
  target_link_libraries(bench_limit PRIVATE sodium sqlite3)
  add_custom_target(bench
    COMMAND ${CMAKE_COMMAND} -E env BIN_DIR=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}
      python3 ${PROJECT_SOURCE_DIR}/tests/bench/run.py
      --programs ${PROJECT_BINARY_DIR}/tests --json ${PROJECT_BINARY_DIR}/bench.json
      --page ${PROJECT_SOURCE_DIR}/docs/evidence/bench.md
    DEPENDS cnis cnis-custodian bench_load bench_limit
    USES_TERMINAL VERBATIM)
  if(CNIS_CONSOLE)
    add_custom_target(bench-pages
      COMMAND ${CMAKE_COMMAND} -E env BIN_DIR=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}
        python3 -B ${PROJECT_SOURCE_DIR}/tests/bench/pages.py
        --programs ${PROJECT_BINARY_DIR}/tests --page ${PROJECT_SOURCE_DIR}/docs/evidence/pages.md
      DEPENDS cnis cnis-custodian bench_load
      USES_TERMINAL VERBATIM)
  endif()
  if(TARGET property_policy_oracle)
    add_custom_target(bench-policy
      COMMAND python3 -B ${PROJECT_SOURCE_DIR}/tests/bench/policy.py
        --programs ${PROJECT_BINARY_DIR}/tests
        --page ${PROJECT_SOURCE_DIR}/docs/evidence/policy-speed.md
      DEPENDS property_policy_oracle
      USES_TERMINAL VERBATIM)
  endif()
endfunction()
