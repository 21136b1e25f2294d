# The console's style sheet, script and icon: made once for all presets in build/assets, from what
# console/assets/package-lock.json pins, and built in (console/assets.h).
option(CNIS_CONSOLE "pages for people; needs npm. OFF: the API alone" ON)

# Sets `ret` to the C file that will be made. Stops the configuration, saying what is missing.
function(console_assets ret)
  set(make ${PROJECT_SOURCE_DIR}/console/assets/make)
  set(out ${PROJECT_SOURCE_DIR}/build/assets/assets.c)
  execute_process(COMMAND ${make} --tools RESULT_VARIABLE failed ERROR_VARIABLE why)
  if(failed)
    message(FATAL_ERROR "${why}")
  endif()
  file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/console/assets/*)
  add_custom_command(OUTPUT ${out} COMMAND ${make} DEPENDS ${files}
    COMMENT "Making the console's style sheet and script" VERBATIM)
  set(${ret} ${out} PARENT_SCOPE)
endfunction()
