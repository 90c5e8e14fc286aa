import time
from cpims.locations.actions import put_locations
from cpims.locations.models import Location
from tests.cast import AT, viewer
def test_big(cast):
    given=[{"code":"B","placename":{"en":"B"}}]+[{"code":f"B{n}","parent_code":"B","placename":{"en":f"P{n}"}} for n in range(70000)]
    t=time.time(); put_locations(locations=given, actor=None, at=AT); print("put", time.time()-t)
    t=time.time(); put_locations(locations=given, actor=None, at=AT); print("again", time.time()-t)
    from cpims.locations.actions import change_location
    t=time.time(); change_location(location_id=str(Location.objects.get(code="B").pk), values={"placename":{"en":"C"}}, actor=viewer("esther"), at=AT); print("rename", time.time()-t)
    assert Location.objects.get(code="B7").name["en"]=="C::P7"
